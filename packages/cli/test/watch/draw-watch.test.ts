import { stripVTControlCharacters, styleText } from 'node:util';
import type { KeyManagerEventName } from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { describe, expect, it } from 'vitest';
import type { Style } from '../../src/output/style.ts';
import { textsOf } from '../../src/texts/texts-of.ts';
import { describeEvent } from '../../src/watch/describe-event.ts';
import { drawWatch } from '../../src/watch/draw-watch.ts';
import type { HeardEvent } from '../../src/watch/event-feed.ts';

const nowMs = Date.parse('2026-07-01T12:00:00Z');

function managerOf(count: number): OpenAIKeyManager {
  const keys = Array.from({ length: count }, (_, index) => ({
    key: `sk-test-4f9a81c2e07b${1000 + index}`,
    label: `OPENAI_API_KEY_OF_A_LONG_NAME_${index + 1}`,
  }));
  return new OpenAIKeyManager(keys, { store: false, logger: false });
}

function heard(name: KeyManagerEventName, fields: object = {}): HeardEvent {
  const event = { provider: 'openai', pool: 'default', ...fields } as unknown as HeardEvent['event'];
  return { atMs: nowMs, name, event, displayName: 'OpenAI', label: 'OPENAI_API_KEY_2' };
}

function draw(
  manager: OpenAIKeyManager,
  { columns = 80, rows = 24, events = [] as readonly HeardEvent[], locale = 'en' as 'en' | 'pt-BR' } = {},
): readonly string[] {
  const paint = (text: string, style?: Style) =>
    style === undefined ? text : styleText(style, text, { validateStream: false });
  const view = { nowMs, statuses: [manager.status()], events, texts: textsOf[locale] };
  return drawWatch(view, { columns, rows, paint });
}

const plain = (lines: readonly string[]) => lines.map((line) => stripVTControlCharacters(line));

describe('drawWatch', () => {
  it.each([
    { columns: 80, rows: 24, keys: 3 },
    { columns: 80, rows: 24, keys: 200 },
    { columns: 120, rows: 60, keys: 200 },
    { columns: 60, rows: 12, keys: 200 },
    { columns: 80, rows: 5, keys: 3 },
  ])('fits $columns × $rows with $keys keys', ({ columns, rows, keys }) => {
    const events = Array.from({ length: rows }, () => heard('key.recovered'));
    for (const locale of ['en', 'pt-BR'] as const) {
      const lines = plain(draw(managerOf(keys), { columns, rows, events, locale }));
      expect(lines.length).toBeLessThanOrEqual(rows);
      expect(lines.filter((line) => line.length > columns)).toEqual([]);
    }
  });

  it('shows every key if they fit, and the events below', () => {
    const lines = plain(draw(managerOf(3), { events: [heard('key.disabled', { reason: 'operator' })] }));
    const at = (part: string) => lines.findIndex((line) => line.includes(part));
    expect(lines[0]).toContain('3 of 3 keys usable');
    expect(at('NAME_1')).toBeLessThan(at('NAME_3'));
    expect(at('NAME_3')).toBeLessThan(at('EVENTS'));
    expect(lines[at('EVENTS') + 1]).toContain('OpenAI OPENAI_API_KEY_2: disabled (by hand)');
    expect(lines.at(-1)).toContain('q');
  });

  it('shows first the keys that are out if not all of them fit', () => {
    const manager = managerOf(200);
    manager.disable(manager.getAllKeys()[150] ?? '');
    const lines = plain(draw(manager));
    expect(lines[0]).toContain('199 of 200 keys usable');
    expect(lines.find((line) => line.includes('disabled'))).toContain('_151');
    expect(lines.find((line) => line.includes('more keys'))).toMatch(/… and 1\d\d more keys/);
  });

  it('says what it cannot see without a store', () => {
    expect(plain(draw(managerOf(1))).join(' ')).toContain('No store: states of keys stay inside the process');
  });

  it('contains no key', () => {
    const manager = managerOf(20);
    const text = draw(manager, { rows: 60 }).join('\n');
    for (const key of manager.getAllKeys()) expect(text).not.toContain(key);
  });
});

describe('describeEvent', () => {
  const untilMs = nowMs + 60_000;
  const time = new Date(untilMs).toTimeString().slice(0, 8);

  it.each([
    ['key.cooled-down', { untilMs, reason: 'rate-limited' }, `cooling until ${time} (rate-limited)`],
    ['key.disabled', { reason: 'invalid-key' }, 'disabled (refused)'],
    ['key.disabled', { reason: 'operator', actor: 'ana' }, 'disabled by ana (by hand)'],
    ['key.recovered', {}, 'available again'],
    ['keys.changed', { added: [1], removed: [] }, 'key list changed: 1 added, 0 removed'],
    ['store.failed', { store: 'redis', message: 'ECONNREFUSED' }, 'the redis store is away: ECONNREFUSED'],
    ['store.recovered', { store: 'redis' }, 'the redis store is back'],
    ['budget.exhausted', {}, 'budget.exhausted'],
  ] as const)('describes %s %o', (name, fields, expected) => {
    expect(describeEvent(heard(name, fields), textsOf.en.watch)).toBe(`OpenAI OPENAI_API_KEY_2: ${expected}`);
  });

  it('names the bucket that an event is about', () => {
    const event = heard('key.recovered', { bucket: 'search.list' });
    expect(describeEvent(event, textsOf.en.watch)).toBe('OpenAI OPENAI_API_KEY_2 search.list: available again');
  });
});
