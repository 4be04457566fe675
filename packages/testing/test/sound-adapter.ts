import {
  probeRequest,
  readFailure,
  readField,
  statedUsage,
  type ErrorVerdict,
  type ProviderAdapter,
} from '@api-key-fallback/core/adapter';
import type { RecordedAnswers, RecordedErrors, RecordedUsage } from '../src/vitest.ts';

/** Sends one request and throws for an error status, as most clients do. */
export type SoundClient = () => Promise<void>;

export function clientFor(keyOf: () => string, url: string): SoundClient {
  return async () => {
    const response = await fetch(url, { headers: { authorization: `Bearer ${keyOf()}` } });
    if (!response.ok) throw Object.assign(new Error('Refused'), { status: response.status });
  };
}

function classify(error: unknown): ErrorVerdict | undefined {
  const { status, codes } = readFailure(error);
  if (codes.includes('no_credit')) return { kind: 'quota-exhausted', reason: 'no_credit', recheckAfterMs: 3_600_000 };
  switch (status) {
    case 400:
      return { kind: 'caller-error', reason: 'bad_request' };
    case 401:
      return { kind: 'invalid-key', reason: 'unauthorized' };
    case 429:
      return { kind: 'rate-limited', reason: 'too_many_requests', retryAfterMs: 2000 };
    case 503:
      return { kind: 'transient', reason: 'unavailable' };
    default:
      return undefined;
  }
}

/** A correct adapter, for mutants that break one part of it. */
export const soundAdapter: ProviderAdapter<SoundClient> = {
  name: 'sound',
  displayName: 'Sound',
  env: 'SOUND_API_KEY',
  keyPattern: /^sound-/,
  classifyError: classify,
  createClient: (secret, options) => clientFor(() => secret, String(readField(options, 'url'))),
  authorize: (request, secret) => {
    request.headers.set('authorization', `Bearer ${secret}`);
    return request;
  },
  probe(secret, context) {
    const url = String(readField(context.clientOptions, 'url'));
    return probeRequest(this, secret, new Request(url), context);
  },
  readLimits: () => [],
  groupOf: () => undefined,
  bucketOf: (operation) => operation,
  usageOf: (answer) => statedUsage({ tokens: readField(answer, 'used', 'tokens') }),
};

function failure(status: number, code?: string): Error {
  return Object.assign(new Error(`Refused with ${status}`), { status, body: { code }, detail: { attempts: 1 } });
}

/** Recorded responses for the correct adapter. */
export const soundAnswers: RecordedAnswers = {
  'rate-limited': [{ name: 'too many', status: 429, expected: { retryAfterMs: 2000 } }],
  'quota-exhausted': [{ name: 'no credit', status: 429, body: { error: { code: 'no_credit' } } }],
};

/** Recorded answers with their tokens. */
export const soundUsages: readonly RecordedUsage[] = [
  { name: 'an answer', answer: { used: { tokens: 7 } }, expected: { tokens: 7 } },
  { name: 'an answer, again', answer: { used: { tokens: 7 } }, expected: { tokens: 7 } },
  { name: 'an answer without tokens', answer: { used: {} }, expected: undefined },
];

/** Creates the recorded errors for the correct adapter, new ones on each call. */
export function soundErrors(): RecordedErrors {
  return {
    transient: [{ name: 'unavailable', error: failure(503), expected: { retryAfterMs: undefined } }],
    'rate-limited': [{ name: 'too many', error: () => failure(429), expected: { retryAfterMs: 2000 } }],
    'quota-exhausted': [{ name: 'no credit', error: failure(403, 'no_credit'), expected: { reason: 'no_credit' } }],
    'invalid-key': [{ name: 'wrong key', error: () => Promise.reject(failure(401)) }],
    'caller-error': [{ name: 'bad request', error: failure(400) }],
  };
}
