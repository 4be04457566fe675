import { InvalidOptionsError, NoApiKeysError } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { recordEvents } from '../events/record-events.ts';
import { fails, hangs, invalidKey, ok, rateLimited, scriptKeys, takes, transient } from '../scripted-keys.ts';

const once = { maxRetries: 1 };
const labels = (refs: readonly { readonly label: string }[]) => refs.map(({ label }) => label);

describe('a key that stays in the list', () => {
  it('keeps its health, usage and group, and gets a new place and name', async () => {
    const { manager, call } = scriptKeys({ K1: [rateLimited(60_000)], K2: [ok] }, { groups: { K1: 'one' } });
    await call(once);
    const before = manager.status().keys;
    const { kept, added, removed } = manager.setKeys([{ key: 'K3' }, { key: 'K2' }, { key: 'K1', label: 'first' }]);
    const after = manager.status().keys;
    expect([labels(kept), labels(added), removed]).toEqual([['key 2', 'first'], ['key 1'], []]);
    expect(after[2]).toEqual({ ...before[0], ordinal: 3, total: 3, label: 'first' });
    expect(after[1]).toEqual({ ...before[1], total: 3 });
    expect(before[0]).toMatchObject({ ordinal: 1, total: 2, label: 'key 1' });
  });

  it('keeps its client', async () => {
    const { manager } = scriptKeys(
      { K1: [ok], K2: [ok] },
      { adapter: { createClient: (key) => ({ key: `${key}!` }) } },
    );
    const client = await manager.getClient('K2');
    manager.setKeys(['K2', 'K1']);
    expect(await manager.getClient('K2')).toBe(client);
  });

  it('keeps its running attempts', async () => {
    const { manager, call, runtime } = scriptKeys({ K1: [takes(50, ok)] }, { stepped: true });
    const running = call(once);
    await runtime.advance(10);
    manager.setKeys(['K2', 'K1']);
    expect(manager.status().keys[1]?.usage).toMatchObject({ inUse: 1 });
    await runtime.advance(50);
    await expect(running).resolves.toBe('K1');
    expect(manager.status().keys[1]?.usage).toMatchObject({ inUse: 0, successes: 1 });
  });

  it.each(['in-order', 'round-robin', 'least-used'] as const)('is taken by its new place (%s)', async (strategy) => {
    const { manager, call, calls } = scriptKeys({ K1: [ok], K2: [ok], K3: [ok] }, { strategy });
    manager.setKeys(['K3', 'K1', 'K2']);
    expect(manager.getAllKeys()).toEqual(['K3', 'K1', 'K2']);
    for (let count = 0; count < 3; count++) await call(once);
    expect(calls).toEqual(strategy === 'in-order' ? ['K3', 'K3', 'K3'] : ['K3', 'K1', 'K2']);
  });
});

describe('a removed key', () => {
  it('is the one that markKeyFailed() of its running attempt marks', async () => {
    const { manager } = scriptKeys({ K1: [ok], K2: [ok] });
    const method = (key: string) => {
      if (key !== 'K1') return key;
      manager.setKeys(['K2', 'K3']);
      expect([manager.markKeyFailed(), manager.markKeyFailed('K1', 'quota-exhausted')]).toEqual([true, true]);
      throw new Error('402');
    };
    await expect(manager.retryWithFallback(method, once)).resolves.toBe('K2');
    manager.addKeys(['K1']);
    expect(manager.status().keys.map(({ reason }) => reason)).toEqual([undefined, undefined, 'quota-exhausted']);
    expect(() => manager.markKeyFailed('K9')).toThrow(InvalidOptionsError);
  });

  it('lets a loop of markKeyFailed() in its running attempt end', async () => {
    const { manager } = scriptKeys({ K1: [ok], K2: [ok] });
    let count = 0;
    await manager.retryWithFallback(() => {
      manager.setKeys(['K2', 'K3']);
      while (count < 9 && manager.markKeyFailed()) count++;
    });
    expect(count).toBe(2);
  });

  it('is struck by its own failure that concerns its group', async () => {
    const ofGroup = fails({ kind: 'rate-limited', reason: 'scripted', retryAfterMs: 60_000, scope: 'group' });
    const { manager, call, runtime } = scriptKeys(
      { K1: [takes(50, ofGroup)], K2: [ok], K3: [ok] },
      { groups: { K1: 'one', K3: 'one' }, stepped: true },
    );
    const running = call(once);
    await runtime.advance(10);
    manager.removeKeys(['K1']);
    await runtime.advance(50);
    await running;
    manager.addKeys(['K1']);
    expect(manager.status().keys.map(({ state }) => state)).toEqual(['healthy', 'cooling', 'cooling']);
  });

  it('gets no attempt any more, not even the next one of a running call', async () => {
    const { manager, call, calls, runtime } = scriptKeys({ K1: [transient], K2: [ok] }, { stepped: true });
    const running = call({ maxRetries: 3, delay: 100 });
    await runtime.advance(50);
    manager.removeKeys(['K1']);
    await runtime.advance(100);
    await expect(running).resolves.toBe('K2');
    await call(once);
    expect(calls).toEqual(['K1', 'K2', 'K2']);
    expect(manager.getAllKeys()).toEqual(['K2']);
  });

  it('is not used as the last resort either', async () => {
    const { manager, call, calls } = scriptKeys({ K1: [rateLimited()], K2: [rateLimited()] });
    await call(once).catch(() => {});
    manager.removeKeys(['K1']);
    await call(once).catch(() => {});
    expect(calls.slice(2)).not.toContain('K1');
  });

  it('gets no attempt when it leaves while its client is made', async () => {
    const clients = Promise.withResolvers<object>();
    const createClient = (key: string) => (key === 'K1' ? clients.promise : { key });
    const { manager } = scriptKeys({ K1: [ok], K2: [ok] }, { adapter: { createClient } });
    const used: unknown[] = [];
    const running = manager.retryWithFallback((client) => used.push(client), { inject: 'client' });
    manager.setKeys(['K2']);
    clients.resolve({ key: 'K1' });
    await running;
    expect(used).toEqual([{ key: 'K2' }]);
  });

  it('ends its running attempts, which are judged and counted', async () => {
    const { manager, call, runtime } = scriptKeys(
      { K1: [takes(50, rateLimited(60_000)), ok], K2: [ok] },
      { stepped: true },
    );
    const running = call(once);
    await runtime.advance(10);
    manager.removeKeys(['K1']);
    await runtime.advance(50);
    await expect(running).resolves.toBe('K2');
    manager.addKeys(['K1'], { at: 'start' });
    const [again] = manager.status().keys;
    expect(again).toMatchObject({
      label: 'key 1',
      state: 'cooling',
      usage: { attempts: 1, failures: { 'rate-limited': 1 } },
    });
  });

  it('does not change the place of the others when its attempts end', async () => {
    const { manager, call, calls, runtime } = scriptKeys(
      { K1: [takes(50, invalidKey())], K2: [ok], K3: [ok] },
      { stepped: true },
    );
    const running = call(once);
    await runtime.advance(10);
    manager.setKeys(['K3', 'K2']);
    await runtime.advance(50);
    await running;
    await call(once);
    expect(calls).toEqual(['K1', 'K3', 'K3']);
    expect(manager.status().keys.map(({ state }) => state)).toEqual(['healthy', 'healthy']);
  });

  it('loses its client after its last attempt', async () => {
    let made = 0;
    const createClient = () => ({ number: ++made });
    const { manager, runtime } = scriptKeys({ K1: [ok], K2: [ok] }, { adapter: { createClient }, stepped: true });
    const running = manager.retryWithFallback((client) => runtime.sleep(50).then(() => client), { inject: 'client' });
    await runtime.advance(10);
    manager.setKeys(['K2']);
    await runtime.advance(50);
    expect(await running).toEqual({ number: 1 });
    manager.setKeys(['K1']);
    expect(await manager.getClient('K1')).toEqual({ number: 2 });
  });

  it('keeps its stream', async () => {
    const { manager } = scriptKeys({ K1: [ok], K2: [ok] });
    const chunks = manager.retryWithFallback((key) => Promise.resolve([`${key} a`, `${key} b`].values()));
    manager.setKeys(['K2']);
    expect([...(await chunks)]).toEqual(['K1 a', 'K1 b']);
  });

  it('that waits as the only probe does not block the calls', async () => {
    const { manager, call, runtime } = scriptKeys({ K1: [rateLimited(1000), hangs] }, { stepped: true });
    await call(once).catch(() => {});
    await runtime.advance(1500);
    const probing = call(once);
    const waiting = call({ ...once, onExhausted: 'wait' });
    await runtime.advance(10);
    manager.setKeys(['K2']);
    await runtime.advance(10);
    await expect(waiting).resolves.toBe('K2');
    void probing.catch(() => {});
  });
});

describe('a change of the list', () => {
  it('is all or nothing', () => {
    const { manager } = scriptKeys({ K1: [ok], K2: [ok] });
    const before = manager.status();
    expect(() => manager.setKeys([{ key: 'K2', label: 'new name' }, 'with space'])).toThrow(InvalidOptionsError);
    expect(() => manager.addKeys(['K3', 5 as never])).toThrow(InvalidOptionsError);
    expect(() => manager.removeKeys('K1' as never)).toThrow(InvalidOptionsError);
    expect(manager.status()).toEqual(before);
  });

  it('leaves at least one key, unless an empty list is allowed', async () => {
    const { manager, call } = scriptKeys({ K1: [ok] });
    expect(() => manager.setKeys([])).toThrow(NoApiKeysError);
    expect(() => manager.setKeys(['', '  '])).toThrow(NoApiKeysError);
    expect(() => manager.removeKeys(['K1'])).toThrow(NoApiKeysError);
    expect(manager.getAllKeys()).toEqual(['K1']);
    manager.setKeys([], { allowEmpty: true });
    await expect(call(once)).rejects.toThrow('No key of Scripted is available');
    manager.addKeys(['K1']);
    await expect(call(once)).resolves.toBe('K1');
  });

  it('counts what it ignores, and itself', () => {
    const { manager } = scriptKeys({ K1: [ok], K2: [ok] });
    const { revision } = manager.setKeys(['K1', 'K2', '', 'K1']);
    expect(manager.addKeys(['K2', 'K3'])).toMatchObject({ ignored: 1, added: [{ label: 'key 3' }] });
    expect(manager.removeKeys(['K9', 'K3'])).toMatchObject({ ignored: 1, revision: revision + 2 });
  });

  it('emits an event without a key', () => {
    const { manager } = scriptKeys({ K1: [ok], K2: [ok] });
    const events = recordEvents(manager, ['keys.changed']);
    manager.setKeys(['K2', 'K3']);
    expect(events).toMatchObject([
      [
        'keys.changed',
        {
          provider: 'scripted',
          reason: 'list',
          added: [{ ordinal: 2 }],
          removed: [{ ordinal: 1 }],
          kept: [{ ordinal: 1 }],
        },
      ],
    ]);
  });

  it('lets a call that waits for a key go on with the new one', async () => {
    const { manager, call, runtime } = scriptKeys({ K1: [rateLimited(60_000)], K2: [ok] }, { stepped: true });
    manager.setKeys(['K1']);
    await call(once).catch(() => {});
    const waiting = call({ ...once, onExhausted: 'wait' });
    await runtime.advance(10);
    manager.addKeys(['K2']);
    await runtime.advance(0);
    await expect(waiting).resolves.toBe('K2');
  });
});
