import { ApiKeyManager, createKeyedFetch, registry } from '@api-key-fallback/core';
import type { ErrorVerdict } from '@api-key-fallback/core/adapter';
import { recordedResponses, startProviderServer, type RecordedResponse } from '@api-key-fallback/testing';
import { describe, expect, it } from 'vitest';
import { abortSoon } from '../../../test-support/provoked-failure.ts';
import { geminiAdapter } from '../src/index.ts';
import { judge, key, midnight, model, now } from './provoke-gemini-error.ts';

const scopes = {
  key: 'key',
  'key+host': 'key',
  project: 'group',
  'project+model': 'group',
  org: 'group',
  provider: undefined,
};
const project = 'projects/123456789012';

const recorded = recordedResponses.filter(({ provider }) => provider === 'gemini');
const answered = recorded.filter(({ transport, stream }) => !transport && !stream);

function expectVerdict(verdict: Readonly<Record<string, unknown>>, { body, expected }: RecordedResponse): void {
  const { kind, scope, bucket, retryAfterMs, recheckAfterMs, resets } = expected;
  expect(verdict).toMatchObject({ kind });
  expect(verdict['scope']).toBe(scope && scopes[scope]);
  expect(verdict['group']).toBe(scope === 'project' && JSON.stringify(body).includes(project) ? project : undefined);
  expect(verdict['bucket']).toBe(bucket);
  expect(verdict['retryAfterMs']).toBe(retryAfterMs);
  expect(verdict['recheckAfterMs']).toBe(recheckAfterMs);
  expect(verdict['resetsAtMs']).toBe(resets && midnight);
  expect(JSON.stringify(verdict)).not.toContain(key);
}

it('there are recorded responses of Gemini', () => expect(recorded.length).toBeGreaterThanOrEqual(25));

describe('recorded responses, through the real client', () => {
  function play({ status, headers, body, transport, stream }: RecordedResponse): Promise<Record<string, unknown>> {
    if (transport === 'abort') return judge('hang', { signal: abortSoon() });
    if (transport) return judge(transport, transport === 'hang' ? { timeout: 50 } : {});
    return judge({ status, headers, body }, stream ? { api: 'stream' } : {});
  }

  it.each(recorded)('classifies $name', async (response) => {
    expectVerdict(await play(response), response);
  });

  it.each(answered)('classifies $name without a JSON content type, which the client wraps twice', async (response) => {
    const { status, body } = response;
    const headers = { 'content-type': 'text/event-stream' };
    expectVerdict(await judge({ status, headers, body: JSON.stringify(body) }), response);
  });

  it.each(answered)('classifies $name before a stream, in an array', async (response) => {
    const { status, headers, body } = response;
    expectVerdict(await judge({ status, headers, body: [body] }, { api: 'stream' }), response);
  });

  it.each(answered)('classifies $name of the Interactions API', async (response) => {
    const { status, headers, body } = response;
    expectVerdict(await judge({ status, headers, body }, { api: 'interactions' }), response);
  });
});

describe('recorded responses, through a keyed fetch', () => {
  it.each(answered)('classifies $name', async (response) => {
    const verdicts: ErrorVerdict[] = [];
    const adapter = {
      ...geminiAdapter,
      classifyError(error: unknown) {
        const verdict = geminiAdapter.classifyError(error, { now });
        if (verdict) verdicts.push(verdict);
        return verdict;
      },
    };
    const server = await startProviderServer({ otherwise: response.name });
    registry.unregister(adapter.name);
    registry.register(new ApiKeyManager(adapter, [key], { logger: false }));
    try {
      const fetch = createKeyedFetch({ provider: 'gemini', maxRetries: 1 });
      const url = `${server.url}/v1beta/models/${model}:generateContent`;
      const { status } = await fetch(url, { method: 'POST', body: '{}' });
      expect(status).toBe(response.status);
    } finally {
      await server.close();
      registry.unregister('gemini');
    }
    expect(verdicts).toHaveLength(1);
    expectVerdict({ ...verdicts[0] }, response);
  });
});
