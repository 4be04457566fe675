import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const shownFile = /\]\(\.\.\/\.\.\/(examples\/[\w/.-]+\.ts)\)\)?:\n\n```ts( no-check)?\n(.*?)```/gs;

it.each([
  [
    'docs/guides/write-a-provider-adapter.md',
    ['examples/weather-adapter.ts', 'examples/own-provider.ts', 'examples/test/weather-adapter.test.ts'],
  ],
  ['docs/guides/test-your-service.md', ['examples/test/test-your-service.test.ts']],
  [
    'docs/recipes/fastify-and-express.md',
    [
      'examples/chat/chat-service.ts',
      'examples/chat/prompt-of.ts',
      'examples/chat/refusal-of.ts',
      'examples/fastify-stream.ts',
      'examples/express-stream.ts',
    ],
  ],
  ['docs/recipes/hono.md', ['examples/hono-stream.ts']],
  ['docs/recipes/ai-sdk.md', ['examples/ai-sdk-stream.ts']],
  ['docs/recipes/langchain.md', ['examples/langchain-agent.ts']],
  [
    'docs/recipes/workers.md',
    [
      'examples/workers/open-shared-keys.ts',
      'examples/cluster.ts',
      'examples/workers/chat-worker.ts',
      'examples/worker-threads.ts',
      'examples/workers/thread-pool.ts',
      'examples/workers/chat-thread.ts',
    ],
  ],
])('%s shows the same files that the other tests run', (name, files) => {
  const page = readFileSync(join(root, name), 'utf8');
  const shown = [...page.matchAll(shownFile)].map(([, file = '', unchecked, code]) => ({ file, unchecked, code }));
  expect(shown.map(({ file }) => file)).toEqual(files);
  for (const { file, code } of shown) expect(code).toBe(readFileSync(join(root, file), 'utf8'));
  // The check of the documentation compiles the other blocks.
  const unchecked = shown.filter((block) => block.unchecked !== undefined);
  expect(page.match(/^```ts no-check/gm) ?? []).toHaveLength(unchecked.length);
});
