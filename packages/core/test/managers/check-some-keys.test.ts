import { InvalidOptionsError, type KeyStatus, type Locale } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { recordEvents } from '../events/record-events.ts';
import { startCheckedServer } from '../api/start-checked-server.ts';
import { answer, hang, ok, one, two } from '../api/start-key-server.ts';

const three = 'key-three-0000003';
const refused = answer(401);

describe('checkKeys() of some keys', () => {
  it('checks these keys only, in the order of the list', async () => {
    await using server = await startCheckedServer({ [one]: [ok], [two]: [ok], [three]: [refused] });
    const [first, , third] = server.manager.status().keys as [KeyStatus, KeyStatus, KeyStatus];
    const checks = await server.manager.checkKeys({ keys: [third, one, { keyId: first.keyId }] });
    expect(checks).toMatchObject([
      { ordinal: 1, outcome: 'working' },
      { ordinal: 3, outcome: 'refused' },
    ]);
    expect(server.keys.toSorted()).toEqual([one, three]);
    expect(server.key(three).state).toBe('disabled');
  });

  it('checks none of an empty list, and all without a list', async () => {
    await using server = await startCheckedServer({ [one]: [ok], [two]: [ok] });
    expect(await server.manager.checkKeys({ keys: [] })).toEqual([]);
    expect(server.requests).toEqual([]);
    expect(await server.manager.checkKeys({ keys: undefined as never })).toHaveLength(2);
  });

  it.each([
    [['foreign-key'], 'checkKeys() expects a key of "keyed"; the given key is not in its list.'],
    [[one, { keyId: 'unknown' }], 'checkKeys() expects a key of "keyed"; no key in its list has the given keyId.'],
    [[undefined], 'checkKeys() expects a key of "keyed", in plain text or as { keyId }; the given value is undefined.'],
    [one, '"keys" must be a list of keys, each in plain text or as { keyId }; it is of type string. Write [key]'],
    [{ keyId: 'x' }, 'it is of type object.'],
    [null, 'it is null.'],
  ])('refuses %j without showing it, and checks nothing', async (keys, message) => {
    await using server = await startCheckedServer({ [one]: [ok], [two]: [ok] });
    const checked = server.manager.checkKeys({ keys } as object);
    await expect(checked).rejects.toThrow(InvalidOptionsError);
    await expect(checked).rejects.toThrow(message);
    await expect(checked).rejects.not.toThrow(/foreign-key|key-one/);
    expect(server.requests).toEqual([]);
  });

  it('refuses an actor that is not a text', async () => {
    await using server = await startCheckedServer({ [one]: [ok] });
    await expect(server.manager.checkKeys({ actor: '' })).rejects.toThrow('"actor" must be a text of 1 to 100');
  });
});

describe('key.checked', () => {
  it('is emitted for each key that was checked, before what its result changes', async () => {
    await using server = await startCheckedServer({ [one]: [ok], [two]: [refused], [three]: [answer(503)] });
    const events = recordEvents(server.manager);
    const checks = await server.manager.checkKeys({ actor: 'ana' });
    const origin = { provider: 'keyed', pool: 'default' };
    const expected = checks.map(({ outcome, verdict, reason, latencyMs, ordinal, total, label, keyId }) => ({
      ...origin,
      key: { ordinal, total, label, keyId },
      outcome,
      ...(verdict === undefined ? {} : { verdict }),
      ...(reason === undefined ? {} : { reason }),
      latencyMs,
      actor: 'ana',
    }));
    const checked = events.filter(([name]) => name === 'key.checked').map(([, event]) => event);
    expect(checked).toHaveLength(3);
    expect(checked).toEqual(expect.arrayContaining(expected));
    const ofSecond = events.filter(([, event]) => 'key' in event && event.key.ordinal === 2);
    expect(ofSecond).toMatchObject([
      ['key.checked', { outcome: 'refused', verdict: 'invalid-key', reason: 'http_401' }],
      ['key.disabled', { reason: 'http_401' }],
    ]);
    expect(ofSecond[1]?.[1]).not.toHaveProperty('actor');
  });

  it('is emitted with apply: false, and without an actor', async () => {
    await using server = await startCheckedServer({ [one]: [refused] });
    const events = recordEvents(server.manager);
    await server.manager.checkKeys({ apply: false });
    expect(events).toMatchObject([['key.checked', { outcome: 'refused' }]]);
    expect(events[0]?.[1]).not.toHaveProperty('actor');
  });

  it('is not emitted for a key whose check was aborted', async () => {
    await using server = await startCheckedServer({ [one]: [hang] });
    const events = recordEvents(server.manager, ['key.checked']);
    const controller = new AbortController();
    const checked = server.manager.checkKeys({ signal: controller.signal });
    await server.seen(1);
    controller.abort(new Error('enough'));
    await expect(checked).rejects.toThrow('enough');
    expect(events).toEqual([]);
  });

  it.each<[Locale, readonly string[]]>([
    [
      'en',
      [
        'debug Check of key 1/3: working, N ms',
        'warn Check of key 2/3 by ana: refused (http_401), N ms',
        'info Check of key 3/3 by ana: inconclusive (http_503), N ms',
      ],
    ],
    [
      'pt-BR',
      [
        'debug Verificação da chave 1/3: funciona, N ms',
        'warn Verificação da chave 2/3 por ana: recusada (http_401), N ms',
        'info Verificação da chave 3/3 por ana: inconclusiva (http_503), N ms',
      ],
    ],
  ])('is a line of the log, whose level follows from the outcome (%s)', async (locale, expected) => {
    const lines: string[] = [];
    const at = (level: string) => (line: string) => lines.push(line.replace('Keyed:', level).replace(/\d+ ms/, 'N ms'));
    const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
    const options = { logger, locale, logLevel: 'debug' } as const;
    await using server = await startCheckedServer({ [one]: [ok], [two]: [refused], [three]: [answer(503)] }, options);
    await server.manager.checkKeys({ keys: [one] });
    await server.manager.checkKeys({ keys: [two], actor: 'ana' });
    await server.manager.checkKeys({ keys: [three], actor: 'ana' });
    expect(lines.filter((line) => /Check|Verific/.test(line))).toEqual(expected);
  });

  it('of a refused key is logged at the level warn, too', async () => {
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    const logger = { debug: log, info: log, warn: log, error: log };
    await using server = await startCheckedServer({ [one]: [ok], [two]: [refused] }, { logger, logLevel: 'warn' });
    await server.manager.checkKeys();
    expect(lines).toEqual([expect.stringContaining('Check of key 2/2: refused (http_401)')]);
  });
});
