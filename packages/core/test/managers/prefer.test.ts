import { ApiKeyManager, customProvider, InvalidOptionsError, registry, type KeyStrategy } from '@api-key-fallback/core';
import { afterEach, describe, expect, it } from 'vitest';
import { recordEvents } from '../events/record-events.ts';
import { FakeRuntime } from '../fake-runtime.ts';
import { ok, scriptedAdapter, scriptKeys, transient, type ScriptedKeys } from '../scripted-keys.ts';

const script = { K1: [ok], K2: [ok], K3: [ok] } as const;

afterEach(() => {
  for (const name of registry.list()) registry.unregister(name);
});

async function used(keys: ScriptedKeys, times: number): Promise<string> {
  const from = keys.calls.length;
  for (let call = 0; call < times; call++) await keys.call({ maxRetries: 1 });
  return keys.calls.slice(from).join(' ');
}

describe('prefer()', () => {
  it.each<[KeyStrategy, string]>([
    ['in-order', 'K1 K1 K1'],
    ['round-robin', 'K2 K3 K1'],
    ['weighted', 'K2 K3 K1'],
    ['least-used', 'K2 K1 K2'],
    ['most-remaining', 'K1 K1 K1'],
    [(candidates) => candidates[1], 'K2 K2 K2'],
  ])('puts a key before all others for a time, with the strategy %s', async (strategy, after) => {
    const keys = scriptKeys(script, { strategy });
    await keys.call();
    keys.manager.prefer('K3', { forMs: 60_000 });
    expect(await used(keys, 3)).toBe('K3 K3 K3');
    expect(keys.manager.getCurrentKey()).toBe('K3');
    keys.runtime.set(59_999);
    expect(await used(keys, 1)).toBe('K3');
    keys.runtime.set(60_000);
    expect(await used(keys, 3)).toBe(after);
  });

  it('lasts until it is ended, by itself, by another one or by reset()', async () => {
    const keys = scriptKeys(script);
    keys.manager.prefer('K2');
    keys.runtime.set(10 * 86_400_000);
    expect(await used(keys, 1)).toBe('K2');
    keys.manager.prefer('K3');
    expect(await used(keys, 1)).toBe('K3');
    keys.manager.endPreference();
    keys.manager.endPreference();
    expect(await used(keys, 1)).toBe('K1');
    keys.manager.prefer('K2');
    keys.manager.reset('K2');
    expect(await used(keys, 1)).toBe('K2');
    keys.manager.reset();
    expect(await used(keys, 1)).toBe('K1');
  });

  it('applies while the key is healthy and has room', async () => {
    const keys = scriptKeys(script, { limits: { requestsPerMinute: 3 } });
    keys.manager.prefer('K2');
    keys.manager.markKeyFailed('K2', 'transient');
    expect(await used(keys, 1)).toBe('K1');
    keys.runtime.set(30_000);
    expect(await used(keys, 4)).toBe('K2 K2 K2 K1');
    keys.runtime.set(91_000);
    keys.manager.disable('K2');
    expect(await used(keys, 1)).toBe('K1');
    keys.manager.enable('K2');
    expect(await used(keys, 1)).toBe('K2');
  });

  it('falls over to the keys of the strategy', async () => {
    const keys = scriptKeys({ ...script, K3: [transient] });
    keys.manager.prefer('K3');
    expect(await used(keys, 1)).toBe('K3 K1');
  });

  it('puts a standby first, but moves neither pinned calls nor sessions', async () => {
    const keys = scriptKeys(script);
    keys.manager.setKeys(['K1', 'K2', { key: 'K3', weight: 0 }]);
    const own = await keys.call({ affinity: 'session' });
    keys.manager.prefer('K3');
    expect(await used(keys, 1)).toBe('K3');
    await expect(keys.call({ affinity: 'session' })).resolves.toBe(own);
    await expect(keys.call({ key: 'key 2' })).resolves.toBe('K2');
  });

  it('leaves the turns of the other keys as they are', async () => {
    const keys = scriptKeys(script, { strategy: 'weighted' });
    keys.manager.prefer('K1');
    await used(keys, 50);
    keys.manager.endPreference();
    expect(await used(keys, 6)).toBe('K1 K2 K3 K1 K2 K3');
  });

  it('survives a new list with the key, and ends when the key is removed', async () => {
    const keys = scriptKeys(script);
    keys.manager.prefer('K2');
    keys.manager.setKeys(['K9', { key: 'K2', label: 'renamed' }, 'K1']);
    expect(await used(keys, 1)).toBe('K2');
    expect(keys.manager.status().preferred).toMatchObject({ label: 'renamed', ordinal: 2, total: 3 });
    keys.manager.removeKeys(['K2']);
    expect(keys.manager.status()).not.toHaveProperty('preferred');
    keys.manager.addKeys(['K2']);
    expect(await used(keys, 1)).toBe('K9');
  });

  it('passes to the manager that replaces this one', async () => {
    const keys = scriptKeys(script);
    registry.register(keys.manager);
    registry.get(customProvider('scripted')).prefer('K3', { forMs: 1000 });
    const next = scriptKeys(script, { runtime: keys.runtime });
    keys.runtime.set(400);
    registry.register(next.manager, { replace: true });
    expect(next.manager.status().preferred).toMatchObject({ ordinal: 3, untilMs: 1000 });
    expect(await used(next, 1)).toBe('K3');
    keys.runtime.set(1000);
    expect(await used(next, 1)).toBe('K1');
  });

  it('shows in an event, a log line and the status', () => {
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    const runtime = new FakeRuntime();
    const logger = { debug: log, info: log, warn: log, error: log };
    const secrets = ['sk-first-0123456789abcdef', 'sk-second-0123456789abcdef'];
    const manager = new ApiKeyManager(scriptedAdapter, secrets, { logger, runtime });
    const events = recordEvents(manager, ['key.preferred']);
    const [, second] = manager.status().keys;
    manager.prefer('sk-second-0123456789abcdef', { forMs: 60_000 });
    const ref = { keyId: second?.keyId, ordinal: 2, total: 2, label: 'key 2' };
    expect(manager.status().preferred).toEqual({ ...ref, untilMs: 60_000 });
    manager.prefer('sk-second-0123456789abcdef');
    expect(manager.status().preferred).toEqual(ref);
    const origin = { provider: 'scripted', pool: 'default' };
    expect(events).toEqual([
      ['key.preferred', { ...origin, key: ref, untilMs: 60_000 }],
      ['key.preferred', { ...origin, key: ref }],
    ]);
    expect(lines).toEqual([
      'Scripted: Key 2/2 comes first until 1970-01-01T00:01:00.000Z',
      'Scripted: Key 2/2 comes first',
    ]);
  });

  it('is a line of the log in Brazilian Portuguese, too', () => {
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    const logger = { debug: log, info: log, warn: log, error: log };
    const secrets = ['sk-first-0123456789abcdef', 'sk-second-0123456789abcdef'];
    const runtime = new FakeRuntime();
    const manager = new ApiKeyManager(scriptedAdapter, secrets, { logger, runtime, locale: 'pt-BR' });
    manager.prefer('sk-second-0123456789abcdef', { forMs: 60_000 });
    manager.prefer('sk-second-0123456789abcdef');
    expect(lines).toEqual([
      'Scripted: Chave 2/2 tem prioridade até 1970-01-01T00:01:00.000Z',
      'Scripted: Chave 2/2 tem prioridade',
    ]);
  });

  it.each([0, -1, Number.NaN, Infinity, '60', null])('refuses a time of %j', (forMs) => {
    const { manager } = scriptKeys(script);
    const prefer = () => manager.prefer('K2', { forMs: forMs as never });
    expect(prefer).toThrow(InvalidOptionsError);
    expect(prefer).toThrow('"forMs" must be a number of milliseconds above 0, up to 2147483647; it is');
    expect(manager.status()).not.toHaveProperty('preferred');
  });

  it('refuses an unknown key or option, and shows no key', () => {
    const { manager } = scriptKeys(script);
    expect(() => manager.prefer('K4')).toThrow(
      'prefer() expects a key of "scripted"; the given key is not in its list.',
    );
    expect(() => manager.prefer('K2', { forMS: 1000 } as never)).toThrow('Did you mean "forMs"?');
  });
});
