import type { Locale } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { recordEvents } from '../events/record-events.ts';
import { settle } from '../fake-runtime.ts';
import { ok } from '../scripted-keys.ts';
import { slow, statedKeys, states } from './stated-answers.ts';

describe('the event of a limit that headers state as used up', () => {
  it('is emitted once until the reset, and again after it', async () => {
    const full = states({ resetMs: 5000, window: 'minute' });
    const keys = statedKeys({ K1: [full, full, full] });
    const events = recordEvents(keys.manager, ['key.limited']);
    await keys.call();
    await keys.call();
    expect(events).toHaveLength(1);
    keys.runtime.set(5000);
    await keys.call();
    const event = { limit: 'requestsPerMinute', source: 'header' };
    expect(events.map(([, found]) => found)).toMatchObject([
      { ...event, untilMs: 5000 },
      { ...event, untilMs: 10_000 },
    ]);
  });

  it('names its bucket and its group', async () => {
    const ofGroup = states({ name: 'tokens', resetMs: 5000, scope: 'group', bucket: 'chat' });
    const keys = statedKeys({ K1: [ofGroup], K2: [ok] }, { groups: { K1: 'org' } });
    const events = recordEvents(keys.manager, ['key.limited']);
    await keys.call({ operation: 'ask' });
    expect(events).toMatchObject([
      ['key.limited', { limit: 'tokens', source: 'header', bucket: 'chat', group: 'org' }],
    ]);
  });

  it.each<[Locale, string]>([
    ['en', 'Scripted: Key 1/1 has no room until 1970-01-01T00:00:05.000Z (requests, header)'],
    ['pt-BR', 'Scripted: Chave 1/1 no limite até 1970-01-01T00:00:05.000Z (requests, cabeçalho)'],
  ])('is a line of the log (%s)', async (locale, line) => {
    const lines: string[] = [];
    const write = (text: string) => lines.push(text);
    const logger = { debug: write, info: write, warn: write, error: write };
    const keys = statedKeys({ K1: [states({ resetMs: 5000 })] }, { logger, logLevel: 'debug', locale });
    await keys.call();
    expect(lines).toContain(line);
  });
});

describe('the status of a limit that headers state', () => {
  it('counts running requests as used', async () => {
    const stated = states({ limit: 10, remaining: 7, resetMs: 60_000, window: 'minute' });
    const keys = statedKeys({ K1: [stated, slow] }, { stepped: true });
    await keys.call();
    const call = keys.call();
    await settle();
    expect(keys.key('K1').limits).toMatchObject([{ name: 'requestsPerMinute', used: 4 }]);
    await keys.runtime.advance(100);
    await call;
  });

  it.each([
    ['requests', 'day', 'requestsPerDay'],
    ['requests-day', 'day', 'requestsPerDay'],
    ['req-minute', 'minute', 'requestsPerMinute'],
    ['tokens-minute', 'minute', 'tokensPerMinute'],
    ['tokens', undefined, 'tokens'],
    ['tokens-month', 'month', 'tokens-month'],
    ['input-tokens', 'minute', 'input-tokens'],
    ['constructor', 'minute', 'constructor'],
  ] as const)('names %s of a %s %s', async (name, window, shown) => {
    const keys = statedKeys({ K1: [states({ name, resetMs: 1000, ...(window ? { window } : {}) })] });
    await keys.call();
    expect(keys.key('K1').limits).toMatchObject([{ name: shown }]);
  });
});
