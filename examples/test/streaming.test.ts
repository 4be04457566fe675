import { startProviderServer, type ProviderServer } from '@api-key-fallback/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runExample } from './run-example.ts';

const [first, second] = ['sk-example-first-00001', 'sk-example-second-0001'] as const;

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer({ otherwise: 'ok' });
});
afterAll(() => server.close());

function run(): ReturnType<typeof runExample> {
  const { openaiBaseURL: OPENAI_BASE_URL } = server;
  return runExample('streaming.ts', { OPENAI_BASE_URL, OPENAI_API_KEY: first, OPENAI_API_KEY_2: second });
}

it('streaming: continues with the second key when the first event is an error, and repeats no text', async () => {
  const message = 'Your balance is used up';
  const error = { code: 'credit_balance_exhausted', type: 'insufficient_quota', message };
  server.script(first, [{ chunks: [`data: ${JSON.stringify({ error })}\n\n`] }]);
  const { code, output } = await run();
  expect(output).toContain(`OpenAI: Error on attempt 1/3: ${message}`);
  expect(output.match(/Olá, como você está\?/g)).toHaveLength(1);
  expect(output.match(/E agora\?/g)).toHaveLength(1);
  expect([server.requestCount(first), server.requestCount(second)]).toEqual([1, 2]);
  expect(code).toBe(0);
});

it('streaming: throws to the consumer when the stream breaks off', async () => {
  const delta = { object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'Só is' } }] };
  server.script(first, [{ chunks: [`data: ${JSON.stringify(delta)}\n\n`] }]);
  const before = server.requestCount();
  const { code, output } = await run();
  expect(output).toContain('Só is');
  expect(output).toContain('The stream ended before its last event.');
  expect(server.requestCount()).toBe(before + 1);
  expect(code).toBe(1);
});
