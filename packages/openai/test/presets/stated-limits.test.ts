import { expect, it } from 'vitest';
import { openAICompatible } from '../../src/index.ts';
import type { PresetName } from '../../src/presets.ts';

const now = Date.UTC(2026, 6, 1, 12);

it.each<[PresetName, Record<string, string>, object[]]>([
  [
    'groq',
    {
      'x-ratelimit-limit-requests': '14400',
      'x-ratelimit-remaining-requests': '14370',
      'x-ratelimit-reset-requests': '2m59.56s',
      'x-ratelimit-limit-tokens': '18000',
      'x-ratelimit-remaining-tokens': '17997',
      'x-ratelimit-reset-tokens': '7.66s',
    },
    [
      { name: 'requestsPerDay', limit: 14_400, used: 30, resetsAtMs: now + 179_560 },
      { name: 'tokensPerMinute', limit: 18_000, used: 3, resetsAtMs: now + 7660 },
    ],
  ],
  [
    'mistral',
    {
      'x-ratelimit-limit-req-minute': '720',
      'x-ratelimit-remaining-req-minute': '717',
      'x-ratelimit-limit-tokens-minute': '5000000',
      'x-ratelimit-remaining-tokens-minute': '4999000',
      'x-ratelimit-limit-tokens-month': '10000000000',
      'x-ratelimit-remaining-tokens-month': '9999999000',
    },
    [
      { name: 'requestsPerMinute', limit: 720, used: 3 },
      { name: 'tokens-month', limit: 10_000_000_000, used: 1000, window: 'month' },
      { name: 'tokensPerMinute', limit: 5_000_000, used: 1000 },
    ],
  ],
  [
    'cerebras',
    {
      'x-ratelimit-limit-requests-day': '14400',
      'x-ratelimit-remaining-requests-day': '14000',
      'x-ratelimit-reset-requests-day': '33011.38',
      'x-ratelimit-limit-tokens-minute': '60000',
      'x-ratelimit-remaining-tokens-minute': '59000',
      'x-ratelimit-reset-tokens-minute': '11.38',
    },
    [
      { name: 'requestsPerDay', limit: 14_400, used: 400, resetsAtMs: now + 33_011_380 },
      { name: 'tokensPerMinute', limit: 60_000, used: 1000, resetsAtMs: now + 11_380 },
    ],
  ],
  [
    'openrouter',
    { 'x-ratelimit-limit': '50', 'x-ratelimit-remaining': '12', 'x-ratelimit-reset': `${now + 43_200_000}` },
    [{ name: 'rate', limit: 50, used: 38, resetsAtMs: now + 43_200_000 }],
  ],
])('the status shows the limits that %s states, by the names of the options', async (server, headers, limits) => {
  const runtime = { now: () => now };
  const manager = openAICompatible(server).createKeyManager({ keys: ['sk-of-a-test'], logger: false, runtime });
  await manager.retryWithFallback((_key, attempt) => attempt.observe(new Response(null, { headers })));
  const shown = manager.status().keys[0]?.limits ?? [];
  expect(shown.toSorted((a, b) => a.name.localeCompare(b.name))).toMatchObject(limits);
  expect(shown.every(({ source }) => source === 'header')).toBe(true);
  await manager.close();
});
