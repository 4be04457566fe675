import { readRateLimits } from '@api-key-fallback/core/adapter';
import { expect, it } from 'vitest';

const now = Date.UTC(2026, 6, 1, 12);

it.each([
  [
    'OpenAI',
    {
      'x-ratelimit-limit-requests': '500',
      'x-ratelimit-remaining-requests': '499',
      'x-ratelimit-reset-requests': '120ms',
    },
    { name: 'requests', limit: 500, remaining: 499, resetsAtMs: now + 120 },
  ],
  [
    "OpenAI's projects",
    { 'x-ratelimit-limit-project-tokens': '9', 'x-ratelimit-remaining-project-tokens': '3' },
    { name: 'project-tokens', limit: 9, remaining: 3, scope: 'group' },
  ],
  [
    'Mistral',
    { 'x-ratelimit-limit-req-minute': '60', 'x-ratelimit-remaining-req-minute': '0' },
    { name: 'req-minute', limit: 60, remaining: 0, window: 'minute' },
  ],
  [
    'Cerebras',
    {
      'x-ratelimit-limit-requests-day': '14400',
      'x-ratelimit-remaining-requests-day': '14000',
      'x-ratelimit-reset-requests-day': '33011.38',
    },
    { name: 'requests-day', limit: 14_400, remaining: 14_000, resetsAtMs: now + 33_011_380, window: 'day' },
  ],
  [
    'OpenRouter',
    { 'X-RateLimit-Limit': '20', 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': String(now + 5000) },
    { name: 'rate', limit: 20, remaining: 0, resetsAtMs: now + 5000 },
  ],
  [
    'Anthropic',
    {
      'anthropic-ratelimit-input-tokens-limit': '40000',
      'anthropic-ratelimit-input-tokens-remaining': '39000',
      'anthropic-ratelimit-input-tokens-reset': '2026-07-01T12:00:30Z',
    },
    { name: 'input-tokens', limit: 40_000, remaining: 39_000, resetsAtMs: now + 30_000 },
  ],
  [
    'RapidAPI',
    {
      'x-ratelimit-hard-limit-limit': '5',
      'x-ratelimit-hard-limit-remaining': '4',
      'x-ratelimit-hard-limit-reset': '60',
    },
    { name: 'hard-limit', limit: 5, remaining: 4, resetsAtMs: now + 60_000 },
  ],
  [
    'the IETF draft',
    { 'ratelimit-limit': '100', 'ratelimit-remaining': '40', 'ratelimit-reset': '50' },
    { name: 'rate', limit: 100, remaining: 40, resetsAtMs: now + 50_000 },
  ],
])('reads the limits of %s', (_provider, headers, limit) => {
  expect(readRateLimits(headers as Record<string, string>, { now })).toEqual([limit]);
  expect(readRateLimits(new Headers(headers as Record<string, string>), { now })).toEqual([limit]);
});

it('leaves out limits without a number of what remains', () => {
  for (const remaining of ['-1', '', 'many', 'NaN', '5, 7']) {
    expect(readRateLimits({ 'x-ratelimit-remaining-requests': remaining }, { now })).toEqual([]);
  }
  expect(readRateLimits({ 'x-ratelimit-limit-requests': '5', 'x-ratelimit-policy': '5' }, { now })).toEqual([]);
});

it('finds the room for the next request in a limit that fills up again', () => {
  const headers = (remaining: string) => ({
    'x-ratelimit-limit-requests': '60',
    'x-ratelimit-remaining-requests': remaining,
    'x-ratelimit-reset-requests': '1m0s',
  });
  const read = (remaining: string) => readRateLimits(headers(remaining), { now, refills: true })[0];
  expect(read('0')).toMatchObject({ resetsAtMs: now + 60_000, roomAtMs: now + 1000 });
  expect(read('30')).toMatchObject({ roomAtMs: now });
  expect(readRateLimits(headers('0'), { now })[0]).not.toHaveProperty('roomAtMs');
});

it('takes the window of a limit from the provider, if the name has none', () => {
  const headers = { 'x-ratelimit-remaining-requests': '3', 'x-ratelimit-remaining-tokens': '9' };
  expect(readRateLimits(headers, { now, windows: { requests: 'day' } })).toEqual([
    { name: 'requests', remaining: 3, window: 'day' },
    { name: 'tokens', remaining: 9 },
  ]);
});
