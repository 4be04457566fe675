import { ApiKeyManager, customProvider, InvalidOptionsError, registry } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { invalidKey, scriptedAdapter } from '../scripted-keys.ts';
import { sourced } from './scripted-source.ts';

describe('a key that is refused', () => {
  it('asks for one load, however many calls meet it, and each call tries the new key once', async () => {
    const keys = sourced(['K1']);
    await keys.call();
    keys.dead.add('K1');
    keys.answer = ['K2'];
    keys.takesMs = 200;
    await keys.runtime.advance(10_000);
    const calls = Array.from({ length: 100 }, () => keys.call());
    await keys.runtime.advance(200);
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['K2']));
    expect(keys.reasons).toEqual(['start', 'invalid-key']);
  });

  it('is not waited for while another key is left', async () => {
    const keys = sourced(['K1', 'K2']);
    await keys.call();
    keys.dead.add('K1');
    keys.takesMs = 5000;
    await keys.runtime.advance(10_000);
    await expect(keys.call()).resolves.toBe('K2');
    expect(keys.reasons).toEqual(['start', 'invalid-key']);
  });

  it('asks at most once in 10 s, and the call fails if nothing new comes', async () => {
    const keys = sourced(['K1']);
    await keys.call();
    keys.dead.add('K1');
    await keys.runtime.advance(10_000);
    await expect(keys.call()).rejects.toMatchObject({ code: 'ALL_KEYS_FAILED', reason: 'invalid-keys' });
    await expect(keys.call()).rejects.toMatchObject({ code: 'ALL_KEYS_FAILED' });
    expect(keys.reasons).toEqual(['start', 'invalid-key']);
    keys.answer = ['K2'];
    await keys.runtime.advance(10_000);
    await expect(keys.call()).resolves.toBe('K2');
  });

  it('asks for nothing once it has left the list', async () => {
    const keys = sourced(['K1', 'K2'], { refresh: { minGapMs: 0 } });
    await keys.call();
    const call = keys.manager.retryWithFallback(async (key) => {
      await keys.runtime.pass(100);
      return key === 'K1' ? invalidKey()(key, keys.runtime) : key;
    });
    await keys.runtime.advance(10);
    keys.manager.setKeys(['K2']);
    await keys.runtime.advance(200);
    await expect(call).resolves.toBe('K2');
    expect(keys.reasons).toEqual(['start']);
  });

  it('that a listener removes meanwhile lets the source be asked once more', async () => {
    const keys = sourced(['K1', 'K2']);
    await keys.call();
    keys.manager.on('key.disabled', ({ key }) => void keys.manager.removeKeys([key.keyId]));
    keys.dead.add('K1');
    keys.answer = ['K3'];
    keys.takesMs = 100;
    await keys.runtime.advance(10_000);
    await expect(keys.call()).resolves.toBe('K2');
    await keys.runtime.advance(200);
    expect(keys.manager.getAllKeys()).toEqual(['K3']);
  });

  it('asks for nothing if that is switched off', async () => {
    const keys = sourced(['K1'], { refresh: { onInvalidKey: false } });
    await keys.call();
    keys.dead.add('K1');
    await keys.runtime.advance(10_000);
    await expect(keys.call()).rejects.toMatchObject({ code: 'ALL_KEYS_FAILED' });
    expect(keys.reasons).toEqual(['start']);
  });
});

describe('refreshKeys()', () => {
  it('asks the source now, and joins a load that runs', async () => {
    const keys = sourced(['K1']);
    await keys.call();
    keys.answer = ['K2'];
    keys.takesMs = 100;
    const both = Promise.all([keys.manager.refreshKeys(), keys.manager.refreshKeys()]);
    await keys.runtime.advance(100);
    await both;
    await expect(keys.call()).resolves.toBe('K2');
    expect(keys.reasons).toEqual(['start', 'manual']);
  });

  it('replaces a list that was set by hand before, also with the same version', async () => {
    const keys = sourced({ keys: ['K1'], version: '7' });
    await keys.call();
    keys.manager.setKeys(['K9']);
    await keys.manager.refreshKeys();
    expect(keys.manager.getAllKeys()).toEqual(['K1']);
  });

  it('rejects when the load fails or its signal aborts', async () => {
    const keys = sourced(['K1']);
    await keys.call();
    keys.answer = new Error('down');
    await expect(keys.manager.refreshKeys()).rejects.toMatchObject({ code: 'KEY_SOURCE_FAILED' });
    await expect(keys.manager.refreshKeys({ signal: AbortSignal.abort(new Error('left')) })).rejects.toThrow('left');
    await expect(keys.call()).resolves.toBe('K1');
  });

  it('needs a source', async () => {
    const manager = new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false });
    await expect(manager.refreshKeys()).rejects.toThrow(InvalidOptionsError);
  });
});

describe('a source', () => {
  it('can be a function, with plain keys', async () => {
    const manager = new ApiKeyManager(scriptedAdapter, async () => ['K1'], { logger: false });
    await expect(manager.retryWithFallback((key) => key)).resolves.toBe('K1');
    await manager.close();
  });

  it('gives a manager keys that keep the health known to the manager it replaces', async () => {
    const keys = sourced(new Error('down'), { refresh: { minGapMs: 0 } });
    const { runtime } = keys;
    const before = new ApiKeyManager(scriptedAdapter, ['K1', 'K2'], { logger: false, runtime });
    registry.register(before);
    before.disable('K1');
    await before.retryWithFallback((key) => key);
    registry.register(keys.manager, { replace: true });
    registry.unregister(customProvider('scripted'));
    await keys.manager.ready();
    keys.answer = ['K1', 'K2'];
    await keys.manager.ready();
    const known = keys.manager.status().keys.map(({ state, usage }) => [state, usage.attempts]);
    expect(known).toEqual([
      ['disabled', 0],
      ['healthy', 1],
    ]);
  });

  it('can report changes', async () => {
    let report = (): void => {};
    const keys = sourced(['K1'], {}, (changed) => {
      report = changed;
      return () => {};
    });
    await keys.call();
    keys.answer = ['K2'];
    report();
    await keys.runtime.advance(1);
    await expect(keys.call()).resolves.toBe('K2');
    expect(keys.reasons).toEqual(['start', 'changed']);
  });

  it('whose watch fails is still asked by interval', async () => {
    const keys = sourced(['K1'], {}, () => Promise.reject(new Error('no watch')));
    await keys.call();
    keys.answer = ['K2'];
    await keys.runtime.advance(300_000);
    await expect(keys.call()).resolves.toBe('K2');
  });

  it.each<[string, unknown, object, RegExp]>([
    ['without a name', { load: async () => ['K1'] }, {}, /"name" of a key source/],
    ['without load', { name: 'x', load: 5 }, {}, /"load" of the key source must be a function/],
    ['with a broken watch', { name: 'x', load: async () => ['K1'], watch: 5 }, {}, /"watch"/],
    ['with a wrong time', async () => ['K1'], { everyMs: -1 }, /refresh\.everyMs/],
    ['with a misspelt option', async () => ['K1'], { evryMs: 1 }, /refresh\.everyMs/],
    ['with a time that no timer can wait', async () => ['K1'], { timeoutMs: 2 ** 31 }, /refresh\.timeoutMs/],
    ['with a wrong jitter', async () => ['K1'], { jitter: 2 }, /refresh\.jitter/],
    ['with a wrong switch', async () => ['K1'], { allowEmpty: 'yes' }, /refresh\.allowEmpty/],
  ])('%s is refused', (_what, source, refresh, message) => {
    const make = () => new ApiKeyManager(scriptedAdapter, source as never, { refresh, logger: false });
    expect(make).toThrow(InvalidOptionsError);
    expect(make).toThrow(message);
  });
});
