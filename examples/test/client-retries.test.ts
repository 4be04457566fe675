import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { startProviderServer } from '@api-key-fallback/testing';
import OpenAI from 'openai';
import { expect, it, onTestFinished, vi } from 'vitest';

it('warns once about a client that retries inside an attempt', async () => {
  await using server = await startProviderServer({ otherwise: 'server-error' });
  const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  onTestFinished(() => emitWarning.mockRestore());
  const manager = new OpenAIKeyManager(['sk-example-first-00001'], { logger: false });
  const ask = (apiKey: string) =>
    new OpenAI({ apiKey, baseURL: server.openaiBaseURL, maxRetries: 1 }).models.list().then(({ data }) => data);
  for (let call = 0; call < 2; call++) await manager.retryWithFallback(ask, { maxRetries: 1 }).catch(() => {});
  expect(server.requestCount()).toBe(4);
  expect(emitWarning.mock.calls).toMatchObject([
    [expect.any(String), { type: 'ApiKeyFallbackWarning', code: 'AKF_CLIENT_RETRIES' }],
  ]);
});
