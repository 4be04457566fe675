import { InvalidOptionsError, MemoryStore, type Locale } from '@api-key-fallback/core';
import { afterEach, describe, expect, it } from 'vitest';
import { keyChanges, recordEvents } from '../events/record-events.ts';
import { OpenPools } from '../pool/open-pools.ts';
import { ok, rateLimited, scriptKeys } from '../scripted-keys.ts';

const script = { K1: [ok], K2: [ok] } as const;
const operations = ['reset', 'disable', 'enable', 'prefer'] as const;
const pools = new OpenPools();

afterEach(() => pools.close());

describe('the actor', () => {
  it('is in the events of what it does, and so is the action', () => {
    const keys = scriptKeys(script);
    const { manager } = keys;
    const events = recordEvents(manager);
    const { keyId, label, ordinal, total } = keys.key('K2');
    const key = { keyId, label, ordinal, total };
    const origin = { provider: 'scripted', pool: 'default' };
    manager.disable('K2', { actor: 'ana' });
    manager.enable('K2', { actor: 'bia' });
    manager.markKeyFailed('K2', 'invalid-key');
    manager.reset(undefined, { actor: 'cyd' });
    manager.prefer('K2', { forMs: 1000, actor: 'dan' });
    manager.endPreference({ actor: 'eva' });
    expect(events.filter(([, event]) => 'actor' in event)).toEqual([
      ['key.disabled', { ...origin, key, reason: 'operator', actor: 'ana' }],
      ['key.recovered', { ...origin, key, action: 'enable', actor: 'bia' }],
      ['key.recovered', { ...origin, key, action: 'reset', actor: 'cyd' }],
      ['key.preferred', { ...origin, key, untilMs: 1000, actor: 'dan' }],
      ['key.preference-ended', { ...origin, key, actor: 'eva' }],
    ]);
  });

  it('is absent without one, and the action after a call', async () => {
    const { manager, call, runtime } = scriptKeys({ K1: [rateLimited(1000), ok], K2: [ok] });
    const events = recordEvents(manager, ['key.disabled', 'key.recovered']);
    manager.disable('K2');
    manager.enable('K2');
    manager.disable('K2', {});
    manager.reset('K2', { actor: undefined as never });
    await call({ maxRetries: 1 });
    runtime.set(2000);
    await call({ maxRetries: 1 });
    for (const [, event] of events) expect(event).not.toHaveProperty('actor');
    expect(events.map(([name, event]) => ('action' in event ? `${name} ${event.action}` : name))).toEqual([
      'key.disabled',
      'key.recovered enable',
      'key.disabled',
      'key.recovered reset',
      'key.recovered',
    ]);
  });

  it('is in an event when a key is switched off that the provider had refused', () => {
    const { manager } = scriptKeys(script);
    manager.markKeyFailed('K1', 'invalid-key');
    const events = recordEvents(manager, keyChanges);
    manager.disable('K1', { actor: 'ana' });
    manager.disable('K1', { actor: 'ana' });
    expect(events).toMatchObject([['key.disabled', { key: { ordinal: 1 }, reason: 'operator', actor: 'ana' }]]);
    expect(manager.status().keys[0]).toMatchObject({ state: 'disabled', reason: 'operator' });
  });

  it('is in the event of each bucket that recovers', async () => {
    const { manager, call } = scriptKeys(
      { K1: [rateLimited(60_000)], K2: [ok] },
      {
        adapter: {
          classifyError: () => ({ kind: 'quota-exhausted', reason: 'quota', bucket: 'search' }),
        },
      },
    );
    await call({ maxRetries: 1, operation: 'search' });
    const events = recordEvents(manager, keyChanges);
    manager.reset('K1', { actor: 'ana' });
    expect(events).toMatchObject([['key.recovered', { bucket: 'search', action: 'reset', actor: 'ana' }]]);
  });

  it('is in the events of other pools that have the key', () => {
    const { a, b } = pools.makeTwo([ok]);
    const events = recordEvents(b.manager, keyChanges);
    a.manager.disable('K1', { actor: 'ana' });
    a.manager.enable('K1', { actor: 'bia' });
    expect(events).toMatchObject([
      ['key.disabled', { pool: 'b', reason: 'operator', actor: 'ana' }],
      ['key.recovered', { pool: 'b', action: 'enable', actor: 'bia' }],
    ]);
  });

  it('stays in this process, also with a store', async () => {
    const store = new MemoryStore();
    const [own, other] = [scriptKeys(script, { store }), scriptKeys(script, { store })];
    await Promise.all([own.manager.ready(), other.manager.ready()]);
    const events = recordEvents(other.manager, keyChanges);
    own.manager.disable('K2', { actor: 'ana' });
    own.manager.enable('K2', { actor: 'ana' });
    own.manager.disable('K2', { actor: 'ana' });
    await own.manager.close();
    await expect.poll(() => other.key('K2').state).toBe('disabled');
    expect(events).toMatchObject([['key.disabled', { reason: 'operator', isFromStore: true }]]);
    expect(JSON.stringify(events)).not.toContain('ana');
    await other.manager.close();
  });

  it('is a field of log lines', () => {
    const fields: unknown[] = [];
    const log = (_line: string, field: unknown) => fields.push(field);
    const { manager } = scriptKeys(script, { logger: { debug: log, info: log, warn: log, error: log } });
    manager.disable('K2', { actor: 'ana' });
    const about = { provider: 'scripted', key: 'key 2', reason: 'operator', actor: 'ana' };
    expect(fields.at(-1)).toEqual({ event: 'key.disabled', ...about });
  });

  it('is redacted and made one line', () => {
    const secret = 'sk-first-0123456789abcdef';
    const { manager } = scriptKeys({ [secret]: [ok], K2: [ok] });
    const actors: unknown[] = [];
    manager.on('key.preferred', ({ actor }) => actors.push(actor));
    for (const actor of ['ana\nmaria', `by ${secret}`, ' ana\u202E\u0007 ', 'Bearer 0123456789abcdef', 'x'.repeat(100)])
      manager.prefer('K2', { actor });
    expect(actors).toEqual(['ana maria', 'by [redacted]', 'ana', 'Bearer [redacted]', 'x'.repeat(100)]);
  });

  it.each([
    ['', 'it is empty'],
    [' \n', 'it is empty'],
    ['\u200B', 'it is empty'],
    ['x'.repeat(101), 'it has 101'],
    [5, 'it is of type number'],
    [null, 'it is null'],
    [{ name: 'ana' }, 'it is of type object'],
  ])('is a text of 1 to 100 characters, not %j', (actor, what) => {
    const { manager } = scriptKeys(script);
    const options = { actor } as { actor: string };
    manager.prefer('K2');
    const misuses = [
      () => manager.endPreference(options),
      () => manager.reset(undefined, options),
      ...operations.map((operation) => () => manager[operation]('K1', options)),
    ];
    for (const misuse of misuses) {
      expect(misuse).toThrow(InvalidOptionsError);
      expect(misuse).toThrow(`"actor" must be a text of 1 to 100 characters, for example 'ana'; ${what}.`);
    }
    expect(manager.getCurrentKey()).toBe('K2');
    expect(manager.getFailedKeys()).toEqual([]);
  });

  it('is the only option of most operations', () => {
    const { manager } = scriptKeys(script);
    for (const operation of ['reset', 'disable', 'enable'] as const) {
      expect(() => manager[operation]('K1', { acter: 'ana' } as never)).toThrow('Did you mean "actor"?');
      expect(() => manager[operation]('K1', 'ana' as never)).toThrow("Write { actor: 'ana' }, for example.");
    }
    expect(() => manager.endPreference('ana' as never)).toThrow("Write { actor: 'ana' }, for example.");
  });
});

it.each<[Locale, readonly string[]]>([
  [
    'en',
    [
      'info Key 2/2 is disabled by ana (operator)',
      'info Key 2/2 has recovered, enabled by ana',
      'debug Key 2/2 is disabled (operator)',
      'info Key 2/2 has recovered, reset by ana',
      'info Key 2/2 comes first until 1970-01-01T00:00:01.000Z, chosen by ana',
      'info Key 2/2 no longer comes first, ended by ana',
      'info Key 2/2 comes first',
      'info Key 2/2 no longer comes first',
    ],
  ],
  [
    'pt-BR',
    [
      'info Chave 2/2 desativada por ana (operator)',
      'info Chave 2/2 recuperada, ativada por ana',
      'debug Chave 2/2 desativada (operator)',
      'info Chave 2/2 recuperada, reiniciada por ana',
      'info Chave 2/2 tem prioridade até 1970-01-01T00:00:01.000Z, escolhida por ana',
      'info Chave 2/2 não tem mais prioridade, retirada por ana',
      'info Chave 2/2 tem prioridade',
      'info Chave 2/2 não tem mais prioridade',
    ],
  ],
])('the log names the actor, at the level info (%s)', (locale, expected) => {
  const lines: string[] = [];
  const at = (level: string) => (line: string) => lines.push(line.replace('Scripted:', level));
  const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const { manager } = scriptKeys(script, { logger, locale, logLevel: 'debug' });
  const by = { actor: 'ana' };
  manager.disable('K2', by);
  manager.enable('K2', by);
  manager.disable('K2');
  manager.reset('K2', by);
  manager.prefer('K2', { forMs: 1000, ...by });
  manager.endPreference(by);
  manager.prefer('K2');
  manager.endPreference();
  expect(lines.filter((line) => !line.includes('does not look like') && !line.startsWith('warn'))).toEqual(expected);
});
