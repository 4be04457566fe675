import type { ProviderStep } from '@api-key-fallback/testing';

/** What goes wrong at the provider while a service makes its calls. */
export interface Fault {
  readonly name: string;
  /** What each key answers. */
  readonly answers: readonly [ProviderStep, ProviderStep, ProviderStep, ProviderStep];
}

const limitedForAnHour: ProviderStep = {
  status: 429,
  headers: { 'retry-after': '3600', 'content-type': 'application/json' },
  body: { error: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' } },
};

const wrongRequest: ProviderStep = {
  status: 400,
  headers: { 'content-type': 'application/json' },
  body: { error: { message: 'Unknown parameter', type: 'invalid_request_error', code: 'unknown_parameter' } },
};

export const faults: readonly Fault[] = [
  { name: 'key 1 is refused (401)', answers: ['invalid-key', 'ok', 'ok', 'ok'] },
  { name: 'keys 1 to 3 are refused (401)', answers: ['invalid-key', 'invalid-key', 'invalid-key', 'ok'] },
  { name: 'key 1 has used up its quota (429)', answers: ['quota-exhausted', 'ok', 'ok', 'ok'] },
  { name: 'key 1 is limited for an hour (429)', answers: [limitedForAnHour, 'ok', 'ok', 'ok'] },
  { name: 'key 1 fails (503)', answers: ['unavailable', 'ok', 'ok', 'ok'] },
  { name: 'the request is wrong (400)', answers: [wrongRequest, wrongRequest, wrongRequest, wrongRequest] },
];
