import { describeProviderAdapter } from '@api-key-fallback/testing/vitest';
import { weatherAdapter } from '../weather-adapter.ts';

function refused(status: number, headers: Record<string, string> = {}): Error {
  return Object.assign(new Error(`Refused with ${status}`), { status, headers: new Headers(headers) });
}

describeProviderAdapter(
  weatherAdapter,
  {
    transient: [
      { name: 'maintenance', error: refused(503, { 'retry-after': '5' }), expected: { retryAfterMs: 5000 } },
      { name: 'bad gateway', error: refused(502), expected: { retryAfterMs: undefined } },
    ],
    'rate-limited': [{ name: 'too many calls', error: refused(429), expected: { reason: 'http_429' } }],
    'quota-exhausted': [{ name: 'daily budget', error: refused(403), expected: { reason: 'daily_budget' } }],
    'invalid-key': [{ name: 'unknown key', error: refused(401) }],
    'caller-error': [{ name: 'unknown city', error: refused(404) }],
  },
  {
    answers: {
      'quota-exhausted': [{ name: 'daily budget', status: 403, body: { message: 'Enough weather for today' } }],
      'rate-limited': [
        { name: 'a stated wait', status: 429, headers: { 'retry-after': '5' }, expected: { retryAfterMs: 5000 } },
      ],
    },
  },
);
