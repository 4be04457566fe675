import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { recipes } from './recipe-process.ts';

const shownFile = /\]\(\.\.\/\.\.\/examples\/recipes\/([\w/.-]+)\)\):\n\n```(?:ts no-check|js|yaml)\n(.*?)```/gs;

it.each([
  ['bullmq', ['bullmq/worker.ts', 'bullmq/delay-until-keys-are-back.ts', 'bullmq/limit-queue-until-keys-are-back.ts']],
  ['lambda', ['lambda/handler.ts']],
  ['mcp', ['mcp/server.ts']],
  ['next', ['next/app/chat/route.ts', 'next/chat-service.ts', 'next/instrumentation.ts']],
  ['pm2', ['pm2/ecosystem.config.cjs', 'pm2/server.ts']],
  [
    'kubernetes',
    ['kubernetes/chat.yaml', 'kubernetes/openai-keys.yaml', 'kubernetes/redis.yaml', 'kubernetes/service.ts'],
  ],
])('docs/recipes/%s.md shows the files that the other tests run', (name, files) => {
  const page = readFileSync(join(recipes, `../../docs/recipes/${name}.md`), 'utf8');
  const shown = [...page.matchAll(shownFile)].map(([, file = '', code]) => ({ file, code }));
  expect(shown.map(({ file }) => file)).toEqual(files);
  for (const { file, code } of shown) expect(code).toBe(readFileSync(join(recipes, file), 'utf8'));
  // The check of the documentation compiles the other blocks.
  const unchecked = files.filter((file) => file.endsWith('.ts'));
  expect(page.match(/^```ts no-check/gm)).toHaveLength(unchecked.length);
});
