import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/write-a-provider-adapter.md'), 'utf8');
const shownFile = /\]\(\.\.\/(examples\/[\w/.-]+\.ts)\):\n\n```ts[^\n]*\n(.*?)```/gs;

it('shows the same files that the other tests run', () => {
  const shown = [...page.matchAll(shownFile)].map(([, file = '', code]) => ({ file, code }));
  expect(shown.map(({ file }) => file)).toEqual([
    'examples/weather-adapter.ts',
    'examples/own-provider.ts',
    'examples/test/weather-adapter.test.ts',
  ]);
  for (const { file, code } of shown) expect(code).toBe(readFileSync(join(root, file), 'utf8'));
  expect(page.match(/^```ts/gm)).toHaveLength(shown.length);
});
