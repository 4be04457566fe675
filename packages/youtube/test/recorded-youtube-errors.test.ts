import { recordedResponses, type RecordedResponse } from '@api-key-fallback/testing';
import { describe, expect, it } from 'vitest';
import { abortSoon } from '../../../test-support/provoked-failure.ts';
import { judge, midnight } from './provoke-youtube-error.ts';

describe('recorded responses, through the real client', () => {
  const scopes = {
    key: 'key',
    'key+host': 'key',
    project: 'group',
    'project+model': 'group',
    org: 'group',
    provider: undefined,
  };

  async function play({ status, headers, body, transport }: RecordedResponse): Promise<Record<string, unknown>> {
    if (transport === 'abort') return judge('hang', { signal: abortSoon() });
    return transport ? judge(transport, { timeout: 50 }) : judge({ status, headers, body });
  }

  const recorded = recordedResponses.filter(({ provider }) => provider === 'youtube');

  it('exist', () => expect(recorded.length).toBeGreaterThanOrEqual(18));

  it.each(recorded)('classifies $name', async (response) => {
    const { kind, scope, bucket, retryAfterMs, recheckAfterMs, resets } = response.expected;
    const verdict = await play(response);
    expect(verdict).toMatchObject({ kind });
    expect(verdict['scope']).toBe(scope && scopes[scope]);
    expect(verdict['bucket']).toBe(bucket);
    expect(verdict['retryAfterMs']).toBe(retryAfterMs);
    expect(verdict['recheckAfterMs']).toBe(recheckAfterMs);
    expect(verdict['resetsAtMs']).toBe(resets && midnight);
  });
});
