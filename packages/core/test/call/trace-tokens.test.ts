import { ApiKeyManager, type CallTracer } from '@api-key-fallback/core';
import { expect, it } from 'vitest';
import { FakeRuntime } from '../fake-runtime.ts';
import { answer, json, statingAdapter, type StatingClient } from './stating-keys.ts';

const counting: CallTracer = { countsTokens: true, traceCall: (_call, run) => run() };

/** Makes calls with a manager whose keys have no limits. Returns the tokens in its status. */
async function tokensWith(
  tracer: CallTracer | undefined,
  method: (client: StatingClient) => unknown,
): Promise<unknown> {
  const manager = new ApiKeyManager(statingAdapter, ['K1'], {
    logger: false,
    runtime: new FakeRuntime(),
    ...(tracer ? { tracer } : {}),
  });
  await manager.retryWithFallback(method, { inject: 'client' } as never);
  const { tokens, inputTokens, outputTokens } = manager.status().keys[0]?.usage ?? {};
  return { tokens, inputTokens, outputTokens };
}

const reads = async (client: StatingClient): Promise<void> => {
  await client.send(json({ in: 70, out: 12 })).json();
};

it('a tracer that counts tokens has answers read without any limit of tokens', async () => {
  const expected = { tokens: 82, inputTokens: 70, outputTokens: 12 };
  expect(await tokensWith(counting, reads)).toEqual(expected);
  expect(await tokensWith(counting, () => answer({ in: 70, out: 12 }))).toEqual(expected);
});

it('without one, answers are not read', async () => {
  const none = { tokens: 0, inputTokens: 0, outputTokens: 0 };
  expect(await tokensWith(undefined, reads)).toEqual(none);
  expect(await tokensWith({ traceCall: (_call, run) => run() }, reads)).toEqual(none);
});
