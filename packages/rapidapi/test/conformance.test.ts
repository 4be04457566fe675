import { describeProviderAdapter } from '@api-key-fallback/testing/vitest';
import { abortSoon } from '../../../test-support/provoked-failure.ts';
import { rapidApiAdapter, rapidApiProbe } from '../src/index.ts';
import { noon, provoke, weather } from './play-rapidapi.ts';

type Provoked = Parameters<typeof provoke>;

function errorOf(...call: Provoked): () => Promise<unknown> {
  return async () => (await provoke(...call)).error;
}

describeProviderAdapter(
  { ...rapidApiAdapter, probe: rapidApiProbe(weather) },
  {
    transient: [
      { name: 'a fault of the gateway', error: errorOf('gateway_oops'), expected: { reason: 'http_500' } },
      { name: 'a cut connection', error: errorOf('reset'), expected: { reason: 'network' } },
    ],
    'rate-limited': [
      {
        name: 'a stated reset',
        error: errorOf('rate_per_minute'),
        expected: { scope: 'key', bucket: weather, retryAfterMs: 42_000 },
      },
      { name: 'no stated wait', error: errorOf('too_many_requests'), expected: { retryAfterMs: undefined } },
    ],
    'quota-exhausted': [
      {
        name: 'a monthly quota',
        error: errorOf('monthly_quota'),
        expected: { bucket: weather, resetsAtMs: noon + 864_000_000, recheckAfterMs: undefined },
      },
    ],
    'invalid-key': [
      { name: 'an unknown key', error: errorOf('invalid_key_echo'), expected: { bucket: undefined } },
      { name: 'no subscription', error: errorOf('not_subscribed'), expected: { bucket: weather } },
    ],
    'caller-error': [
      { name: 'a missing endpoint', error: errorOf('endpoint_missing') },
      { name: 'an abort', error: () => errorOf('hang', abortSoon())() },
    ],
  },
  { now: noon },
);
