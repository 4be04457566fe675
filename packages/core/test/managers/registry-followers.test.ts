import { ApiKeyManager, customProvider, registry, type CallTracer } from '@api-key-fallback/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeRuntime } from '../fake-runtime.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

const provider = customProvider('scripted');
const stops: (() => void)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  await registry.close();
  registry.unregister(provider);
});

function managerOf(pool = 'default'): ApiKeyManager {
  return new ApiKeyManager(scriptedAdapter, ['K1', 'K2'], { pool, logger: false, runtime: new FakeRuntime() });
}

function listenToAll(): string[] {
  const heard: string[] = [];
  stops.push(registry.on('*', (name, { pool }) => heard.push(`${pool} ${name}`)));
  return heard;
}

const callsOf = (heard: readonly string[]) => heard.filter((line) => line.includes('call.'));

describe('a listener of the registry', () => {
  it('receives the events of managers that were there before, and of those that come later', async () => {
    const before = managerOf('a');
    registry.register(before);
    const heard: string[] = [];
    stops.push(registry.on('call.succeeded', ({ pool }) => heard.push(pool)));
    const after = managerOf('b');
    registry.register(after);
    await before.retryWithFallback((key) => key);
    await after.retryWithFallback((key) => key);
    expect(heard).toEqual(['a', 'b']);
  });

  it('receives which managers come and go', async () => {
    registry.register(managerOf('a'));
    const heard = listenToAll();
    registry.register(managerOf('b'));
    registry.register(managerOf('b'), { replace: true });
    registry.unregister(provider, 'a');
    registry.registerDefault(provider, () => managerOf());
    registry.get(provider);
    registry.registerPools(provider, (pool) => managerOf(pool), { max: 10 });
    registry.get(provider, 'lazy');
    registry.unregister(provider);
    expect(heard).toEqual([
      'b registered',
      'b unregistered',
      'b registered',
      'a unregistered',
      'default registered',
      'lazy registered',
      'b unregistered',
      'default unregistered',
      'lazy unregistered',
    ]);
  });

  it('receives the manager with its coming and going', () => {
    const manager = managerOf();
    const [came, went] = [vi.fn<(event: unknown) => void>(), vi.fn<(event: unknown) => void>()];
    stops.push(registry.on('registered', came), registry.on('unregistered', went));
    registry.register(manager);
    registry.unregister(provider);
    const event = { provider: 'scripted', pool: 'default', manager };
    expect(came.mock.calls).toEqual([[event]]);
    expect(went.mock.calls).toEqual([[event]]);
  });

  it('receives each event once, and nothing from managers that have gone', async () => {
    const [one, two] = [managerOf(), managerOf()];
    registry.register(one);
    registry.register(one);
    const heard = listenToAll();
    registry.register(two, { replace: true });
    await one.retryWithFallback((key) => key);
    expect(callsOf(heard)).toEqual([]);
    await two.retryWithFallback((key) => key);
    expect(callsOf(heard)).toEqual(['default call.succeeded']);
  });

  it('receives that a pool was closed because there are too many', async () => {
    vi.useFakeTimers();
    try {
      registry.registerPools(provider, (pool) => managerOf(pool), { max: 1 });
      const heard = listenToAll();
      registry.get(provider, 'a');
      await vi.advanceTimersByTimeAsync(11_000);
      registry.get(provider, 'b');
      expect(heard).toEqual(['a registered', 'b registered', 'a unregistered']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('receives only which pools were closed when their function is replaced', async () => {
    vi.useFakeTimers();
    try {
      registry.registerPools(provider, (pool) => managerOf(pool), { max: 10 });
      for (const pool of ['a', 'b']) registry.get(provider, pool);
      const heard = listenToAll();
      await vi.advanceTimersByTimeAsync(11_000);
      registry.registerPools(provider, (pool) => managerOf(pool), { max: 1, replace: true });
      expect(heard).toEqual(['a unregistered']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('can be removed, also by itself at the first event', async () => {
    const heard: string[] = [];
    const stop: () => void = registry.on('*', (name) => {
      heard.push(name);
      stop();
    });
    const manager = managerOf();
    registry.register(manager);
    await manager.retryWithFallback((key) => key);
    expect(heard).toEqual(['registered']);
  });

  it('that throws changes nothing', async () => {
    stops.push(
      registry.on('*', () => {
        throw new Error('listener');
      }),
    );
    const manager = managerOf();
    registry.register(manager);
    await expect(manager.retryWithFallback((key) => key)).resolves.toBe('K1');
  });

  it.each([
    ['registerd', /Unknown event: "registerd"\. Did you mean "(?:un)?registered"/],
    ['call.suceeded', /Unknown event: "call\.suceeded"\. Did you mean "call\.succeeded"/],
    [undefined, /Unknown event: undefined/],
  ])('of the unknown name %j is refused', (name, message) => {
    expect(() => registry.on(name as 'registered', () => {})).toThrow(message);
  });

  it('must be a function', () => {
    expect(() => registry.on('registered', undefined as never)).toThrow(/Expected a function as the listener/);
  });
});

describe('registry.trace()', () => {
  it('traces the calls of managers that were there before and of those that come later, until it ends', async () => {
    const traced: string[] = [];
    const tracer: CallTracer = {
      traceCall({ pool }, run) {
        traced.push(pool);
        return run();
      },
    };
    const before = managerOf('a');
    registry.register(before);
    const stop = registry.trace(tracer);
    const after = managerOf('b');
    registry.register(after);
    for (const manager of [before, after]) await manager.retryWithFallback((key) => key);
    expect(traced).toEqual(['a', 'b']);
    stop();
    for (const manager of [before, after]) await manager.retryWithFallback((key) => key);
    expect(traced).toEqual(['a', 'b']);
  });

  it('traces a call once if its manager has the same tracer', async () => {
    const traceCall = vi.fn<NonNullable<CallTracer['traceCall']>>((_call, run) => run());
    const tracer = { traceCall };
    const runtime = new FakeRuntime();
    const manager = new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false, runtime, tracer });
    registry.register(manager);
    stops.push(registry.trace(tracer));
    await manager.retryWithFallback((key) => key);
    expect(traceCall).toHaveBeenCalledTimes(1);
  });

  it('refuses anything but a tracer', () => {
    expect(() => registry.trace({})).toThrow(/"tracer" needs the method traceCall or traceAttempt/);
  });
});

describe('registry.close()', () => {
  it('closes and unregisters all managers, and keeps defaults for their next use', async () => {
    const manager = managerOf('a');
    registry.register(manager);
    registry.registerDefault(provider, () => managerOf());
    const byDefault = registry.get(provider);
    const closed = [manager, byDefault].map((each) => vi.spyOn(each, 'close'));
    const heard = listenToAll();
    await registry.close();
    for (const close of closed) expect(close).toHaveBeenCalledTimes(1);
    expect(heard).toEqual(['default unregistered', 'a unregistered']);
    expect(registry.managers()).toEqual([]);
    expect(registry.has(provider, 'a')).toBe(false);
    expect(registry.get(provider)).not.toBe(byDefault);
  });

  it('can be called again', async () => {
    registry.register(managerOf());
    await Promise.all([registry.close(), registry.close()]);
    await registry.close();
    expect(registry.managers()).toEqual([]);
  });
});

describe('await using', () => {
  it('closes the manager at the end of the block', async () => {
    const close = vi.fn<() => void>();
    {
      await using manager = managerOf();
      vi.spyOn(manager, 'close').mockImplementation(async () => close());
    }
    expect(close).toHaveBeenCalledTimes(1);
  });
});
