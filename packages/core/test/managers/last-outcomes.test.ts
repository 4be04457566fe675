import {
  customProvider,
  MemoryStore,
  registry,
  wrapWithFallback,
  type ApiKey,
  type KeyStatus,
} from '@api-key-fallback/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { settle } from '../fake-runtime.ts';
import { connected, hourMs, manage, setWall } from '../keys-by-real-clock.ts';
import { OpenPools } from '../pool/open-pools.ts';
import {
  callerError,
  hangs,
  ok,
  rateLimited,
  scriptKeys,
  takes,
  throws,
  transient,
  type ScriptedKeys,
} from '../scripted-keys.ts';

const once = { maxRetries: 1 };
const provider = customProvider('scripted');
const pools = new OpenPools();

afterEach(async () => {
  registry.unregister(provider);
  await pools.close();
});

function lastError(keys: ScriptedKeys, name = 'K1'): KeyStatus['lastError'] {
  return keys.key(name).lastError;
}

describe('lastError of a key', () => {
  it('is absent while no attempt has failed', async () => {
    const keys = scriptKeys({ K1: [ok] });
    await keys.call();
    expect(keys.key('K1')).not.toHaveProperty('lastError');
  });

  it('says how its last failed attempt ended, and when', async () => {
    const keys = scriptKeys({ K1: [takes(10, transient), takes(20, rateLimited(1000)), ok], K2: [ok] });
    await keys.call();
    expect(lastError(keys)).toEqual({
      verdict: 'rate-limited',
      reason: 'scripted',
      message: 'scripted failure',
      atMs: 130,
    });
    expect(Object.isFrozen(lastError(keys))).toBe(true);
    expect(keys.key('K2')).not.toHaveProperty('lastError');
  });

  it('stays after a success', async () => {
    const keys = scriptKeys({ K1: [transient, ok] });
    await keys.call();
    expect(keys.key('K1')).toMatchObject({ state: 'healthy', lastError: { verdict: 'transient', atMs: 0 } });
  });

  it('is also that of a caller error', async () => {
    const keys = scriptKeys({ K1: [callerError] });
    await keys.call().catch(() => {});
    expect(lastError(keys)?.verdict).toBe('caller-error');
  });

  it('has the message of the event, as one line', async () => {
    const keys = scriptKeys({ K1: [throws(new Error('down\n  for maintenance'))] });
    const messages: (string | undefined)[] = [];
    keys.manager.on('attempt.failed', ({ message }) => messages.push(message, lastError(keys)?.message));
    await keys.call(once).catch(() => {});
    expect(messages).toEqual(['down for maintenance', 'down for maintenance']);
  });

  it.each([
    ['of a client, without its status', Object.assign(new Error('503 down'), { status: 503 }), 'down'],
    ['of a page, cut short', new Error('page '.repeat(1000)), `${'page '.repeat(60)}…`],
    ['that is no error', { detail: 'down' }, "{ detail: 'down' }"],
  ])('has the message %s', async (_what, error, message) => {
    const keys = scriptKeys({ K1: [throws(error)] });
    await keys.call(once).catch(() => {});
    expect(lastError(keys)?.message).toBe(message);
  });

  it('is not that of an attempt that the caller has aborted', async () => {
    const keys = scriptKeys({ K1: [hangs] });
    const abort = new AbortController();
    const call = keys.call({ signal: abort.signal });
    await settle();
    abort.abort();
    await expect(call).rejects.toThrow('abort');
    expect(keys.key('K1')).not.toHaveProperty('lastError');
  });

  it('stays after reset()', async () => {
    const keys = scriptKeys({ K1: [rateLimited(1000)] });
    await keys.call(once).catch(() => {});
    keys.manager.reset();
    expect(keys.key('K1')).toMatchObject({ state: 'healthy', lastError: { verdict: 'rate-limited' } });
  });
});

describe('lastSuccessAtMs of a key', () => {
  it('is absent while no attempt has succeeded', async () => {
    const keys = scriptKeys({ K1: [transient] });
    await keys.call(once).catch(() => {});
    expect(keys.key('K1')).not.toHaveProperty('lastSuccessAtMs');
  });

  it('is when the last attempt that succeeded started', async () => {
    const keys = scriptKeys({ K1: [takes(50, ok), takes(50, ok), transient] });
    await keys.call();
    expect(keys.key('K1').lastSuccessAtMs).toBe(0);
    await keys.call();
    await keys.call(once).catch(() => {});
    expect(keys.key('K1').lastSuccessAtMs).toBe(50);
  });

  it('is that of the later start when attempts end in another order', async () => {
    const keys = scriptKeys({ K1: [takes(100, ok), takes(10, ok)] }, { stepped: true });
    const first = keys.call();
    await keys.runtime.advance(20);
    const second = keys.call();
    await keys.runtime.advance(100);
    await Promise.all([first, second]);
    expect(keys.key('K1').lastSuccessAtMs).toBe(20);
  });

  it('is that of a stream only after its end', async () => {
    const keys = scriptKeys({ K1: [ok] });
    registry.register(keys.manager);
    const broken = async function* (_key: ApiKey<typeof provider>) {
      yield 1;
      throw new Error('cut off');
    };
    const stream = wrapWithFallback(broken, { provider })();
    await stream.next();
    await expect(stream.next()).rejects.toThrow('cut off');
    expect(keys.key('K1')).not.toHaveProperty('lastSuccessAtMs');
    expect(lastError(keys)).toMatchObject({ message: 'cut off' });
  });

  it('stays after reset()', async () => {
    const keys = scriptKeys({ K1: [ok] });
    keys.runtime.set(70);
    await keys.call();
    keys.manager.reset();
    expect(keys.key('K1').lastSuccessAtMs).toBe(70);
  });
});

describe('the last outcomes of a key', () => {
  it('go on when another manager takes the place of its own', async () => {
    const before = scriptKeys({ K1: [takes(10, transient), takes(10, ok)], K2: [ok] });
    await before.call({ delay: 0 });
    registry.register(before.manager);
    const after = scriptKeys({ K2: [ok], K1: [takes(5, ok)] }, { runtime: before.runtime });
    registry.register(after.manager, { replace: true });
    expect(after.key('K1')).toMatchObject({ lastSuccessAtMs: 10, lastError: { verdict: 'transient', atMs: 10 } });
    await after.manager.retryWithFallback(() => 1, { key: 'key 2' });
    expect(after.key('K1').lastSuccessAtMs).toBe(20);
  });

  it('are the later ones when both managers have used the key', async () => {
    const before = scriptKeys({ K1: [rateLimited(1), ok] });
    const after = scriptKeys({ K1: [transient, ok] }, { runtime: before.runtime });
    await before.call(once).catch(() => {});
    before.runtime.set(1000);
    await after.call({ delay: 0 });
    before.runtime.set(2000);
    await before.call(once);
    registry.register(before.manager);
    registry.register(after.manager, { replace: true });
    expect(after.key('K1')).toMatchObject({ lastSuccessAtMs: 2000, lastError: { verdict: 'transient', atMs: 1000 } });
  });

  it('are those of its own pool', async () => {
    const { a, b } = pools.makeTwo([transient, ok]);
    await a.call({ delay: 0 });
    expect(a.key('K1')).toMatchObject({ lastSuccessAtMs: 0, lastError: { atMs: 0 } });
    expect(b.key('K1')).not.toHaveProperty('lastSuccessAtMs');
    const later = pools.make('c', { K1: [ok] }, { runtime: a.runtime });
    expect(later.key('K1')).not.toHaveProperty('lastError');
    expect(later.key('K1')).not.toHaveProperty('lastSuccessAtMs');
  });

  it('stay with the old key when a new one takes its place', async () => {
    const keys = scriptKeys({ K1: [transient, ok] });
    await keys.call({ delay: 0 });
    keys.manager.replaceKey('K1', 'K9');
    expect(keys.manager.status().keys[0]).not.toHaveProperty('lastError');
    expect(keys.manager.status().keys[0]).not.toHaveProperty('lastSuccessAtMs');
    keys.manager.replaceKey('K9', 'K1');
    expect(keys.manager.status().keys[0]).toMatchObject({ lastSuccessAtMs: 0, lastError: { atMs: 0 } });
  });
});

describe('the times of the last outcomes', () => {
  const startMs = Date.UTC(2026, 4, 4, 12);
  beforeEach(() => void vi.useFakeTimers({ now: startMs }));
  afterEach(() => void vi.useRealTimers());

  it('are those of the wall clock, also of attempts before the first answer of a store', async () => {
    const store = new MemoryStore({ now: () => 7_000_000_000 + performance.now() });
    const { manager, call, key } = manage([ok, transient], { store });
    await call();
    await call({ key: 'key 2' }).catch(() => {});
    expect([key().lastSuccessAtMs, key(1).lastError?.atMs]).toEqual([startMs, startMs]);
    await connected(manager);
    expect([key().lastSuccessAtMs, key(1).lastError?.atMs]).toEqual([startMs, startMs]);
    setWall(hourMs);
    const moved = key().lastSuccessAtMs ?? 0;
    expect(Math.abs(moved - startMs - hourMs)).toBeLessThanOrEqual(1);
    await manager.close();
  });
});
