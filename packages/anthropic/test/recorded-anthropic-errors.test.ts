import { createKeyedFetch, registry } from '@api-key-fallback/core';
import { recordedResponses, startProviderServer, type RecordedResponse } from '@api-key-fallback/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { abortSoon } from '../../../test-support/provoked-failure.ts';
import { AnthropicKeyManager } from '../src/index.ts';
import { classify, judge, key, question } from './provoke-anthropic-error.ts';

const recorded = recordedResponses.filter(({ provider }) => provider === 'anthropic');
const resets = { 'month:UTC': Date.parse('2026-08-01T00:00:00Z') } as const;

function expectVerdict(verdict: Record<string, unknown>, { expected }: RecordedResponse): void {
  const { kind, scope, bucket, retryAfterMs, recheckAfterMs, resets: reset } = expected;
  expect(verdict).toMatchObject({ kind });
  expect(verdict['scope']).toBe(scope === 'provider' ? undefined : scope === 'org' ? 'group' : scope);
  expect(verdict['bucket']).toBe(bucket);
  expect(verdict['retryAfterMs']).toBe(retryAfterMs);
  expect(verdict['recheckAfterMs']).toBe(recheckAfterMs);
  expect(verdict['resetsAtMs']).toBe(reset === 'month:UTC' ? resets[reset] : undefined);
}

describe('recorded responses, through the real client', () => {
  it('exist', () => expect(recorded.length).toBeGreaterThanOrEqual(25));

  it.each(recorded)('classifies $name', async (response) => {
    const { status, headers, body, transport, stream } = response;
    const verdict =
      transport === 'abort'
        ? await judge('hang', { signal: abortSoon() })
        : await judge(transport ?? { status, headers, body }, { stream: stream === 'messages' });
    expectVerdict(verdict, response);
  });
});

describe('recorded responses, through a keyed fetch', () => {
  afterEach(() => registry.unregister('anthropic'));

  const refused = recorded.filter(({ status }) => status >= 400);

  it.each(refused)('classifies $name', async (response) => {
    await using server = await startProviderServer({ keys: { [key]: [response.name] } });
    registry.unregister('anthropic');
    registry.register(new AnthropicKeyManager([key], { logger: false }));
    const verdicts: object[] = [];
    const fetch = createKeyedFetch({
      provider: 'anthropic',
      maxRetries: 1,
      classifyError(error) {
        const verdict = classify(error);
        verdicts.push({ ...verdict });
        return verdict;
      },
    });
    const returned = await fetch(`${server.url}/v1/messages`, { method: 'POST', body: JSON.stringify(question) });
    expect(returned.status).toBe(response.status);
    expect(verdicts).toHaveLength(1);
    expectVerdict({ ...verdicts[0] }, response);
  });
});
