import { recordedResponses, type RecordedResponse } from '@api-key-fallback/testing';
import { describe, expect, it } from 'vitest';
import { abortSoon } from '../../../test-support/provoked-failure.ts';
import { judge } from './provoke-openai-error.ts';

describe('recorded responses, through the real client', () => {
  const scopes = {
    key: 'key',
    'key+host': 'key',
    project: 'key',
    'project+model': 'key',
    org: 'group',
    provider: undefined,
  };

  async function play({
    status,
    headers,
    body,
    transport,
    stream,
  }: RecordedResponse): Promise<Record<string, unknown>> {
    if (transport === 'abort') return judge('hang', { signal: abortSoon() });
    return judge(transport ?? { status, headers, body }, stream === 'chat' || stream === 'responses' ? { stream } : {});
  }

  const recorded = recordedResponses.filter(({ provider }) => provider === 'openai');

  it('exist', () => expect(recorded.length).toBeGreaterThanOrEqual(26));

  it.each(recorded)('classifies $name', async (response) => {
    const { kind, scope, bucket, retryAfterMs, recheckAfterMs } = response.expected;
    const verdict = await play(response);
    expect(verdict).toMatchObject({ kind, ...(bucket && { bucket }) });
    expect(verdict['scope']).toBe(scope && scopes[scope]);
    expect(verdict['retryAfterMs']).toBe(retryAfterMs);
    expect(verdict['recheckAfterMs']).toBe(recheckAfterMs);
  });
});
