import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const folder = join(import.meta.dirname, '..');
const page = readFileSync(join(folder, '../../docs/guides/secret-managers.md'), 'utf8');
const shownFile = /\]\(\.\.\/\.\.\/examples\/secret-managers\/([\w.-]+\.ts)\)\):\n\n```ts( no-check)?\n(.*?)```/gs;

it('docs/guides/secret-managers.md shows the recipes that the other tests run', () => {
  const shown = [...page.matchAll(shownFile)].map(([, file = '', unchecked, code]) => ({ file, unchecked, code }));
  expect(shown.map(({ file }) => file)).toEqual([
    'aws-secret-source.ts',
    'google-secret-source.ts',
    'vault-source.ts',
    'node-vault-source.ts',
    'doppler-source.ts',
  ]);
  for (const { file, code } of shown) expect(code).toBe(readFileSync(join(folder, file), 'utf8'));
  // The check of the documentation compiles the other blocks.
  const unchecked = shown.filter((block) => block.unchecked !== undefined);
  expect(page.match(/^```ts no-check/gm)).toHaveLength(unchecked.length);
});
