import { AllKeysFailedError } from '@api-key-fallback/core';
import { recordedResponses } from '@api-key-fallback/testing';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { abortSoon } from '../../../test-support/provoked-failure.ts';
import { RapidApiError } from '../src/index.ts';
import { classify, key, noon, provoke, weather } from './play-rapidapi.ts';

describe('recorded responses, through rapidApiFetch in a decorated method', () => {
  const recorded = recordedResponses.filter(({ provider }) => provider === 'rapidapi');
  const scopes = { key: 'key', 'key+host': 'key', provider: undefined } as const;
  const states = {
    'rate-limited': 'cooling',
    'quota-exhausted': 'cooling',
    'invalid-key': 'disabled',
    transient: 'suspect',
    'caller-error': 'healthy',
  } as const;

  it('exist', () => expect(recorded.length).toBeGreaterThanOrEqual(14));

  it.each(recorded)('classifies $name', async ({ status, headers, body, transport, expected }) => {
    const step = transport === 'abort' ? 'hang' : (transport ?? { status, headers, body });
    const { error, manager } = await provoke(step, transport === 'abort' ? abortSoon() : undefined);
    const verdict: Record<string, unknown> = { ...classify(error) };
    const scope = expected.scope as keyof typeof scopes | undefined;
    expect(verdict).toMatchObject({ kind: expected.kind });
    expect(verdict['scope']).toBe(scope && scopes[scope]);
    expect(verdict['bucket']).toBe(scope === 'key+host' ? weather : undefined);
    const resetsAtMs = verdict['resetsAtMs'];
    expect(typeof resetsAtMs === 'number' ? resetsAtMs - noon : verdict['retryAfterMs']).toBe(expected.retryAfterMs);
    expect(verdict['recheckAfterMs']).toBe(expected.recheckAfterMs);

    const expectedState = states[expected.kind];
    const [{ state, buckets = [] } = {}] = manager.status().keys;
    const onHost = buckets.find(({ bucket }) => bucket === weather)?.state ?? 'healthy';
    expect({ state, onHost }).toEqual(
      scope === 'key+host' ? { state: 'healthy', onHost: expectedState } : { state: expectedState, onHost: 'healthy' },
    );
    expect(error).toMatchObject(status > 0 ? { name: 'RapidApiError', status, host: weather } : {});
  });

  it.each(recorded.filter(({ mustRedact }) => mustRedact))('redacts the key in $name', async ({ name }) => {
    const { error, rejection } = await provoke(name);
    expect(error).toBeInstanceOf(RapidApiError);
    expect(rejection).toBeInstanceOf(AllKeysFailedError);
    expect((error as RapidApiError).message).toBe('Invalid API key [redacted]');
    for (const shown of [error, rejection]) {
      const texts = [inspect(shown, { depth: 9, showHidden: true }), JSON.stringify(shown), String(shown)];
      for (const text of texts) expect(text).not.toContain(key);
    }
  });
});
