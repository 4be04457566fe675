import { currentAttempt, registry } from '@api-key-fallback/core';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeRuntime } from '../fake-runtime.ts';
import { hangs, ok, rateLimited, scriptKeys } from '../scripted-keys.ts';
import { callTimes, limited, rejection } from './limited-keys.ts';

afterEach(() => {
  for (const name of registry.list()) registry.unregister(name);
});

describe('configured limits hold', () => {
  it('when a manager is replaced', async () => {
    const first = limited({ requestsPerMinute: 2 });
    const second = limited({ requestsPerMinute: 2 }, ['K1', 'K2'], { runtime: first.runtime });
    registry.register(first.manager);
    await callTimes(first, 2);
    registry.register(second.manager, { replace: true });
    await callTimes(second, 2);
    expect(second.calls).toEqual(['K2', 'K2']);
  });

  it('when the only keys left are those that a guess keeps out', async () => {
    const keys = scriptKeys({ K1: [rateLimited(), ok], K2: [rateLimited()] }, { limits: { requestsPerMinute: 1 } });
    await rejection(keys.call({ maxRetries: 1 }));
    await rejection(keys.call({ maxRetries: 1 }));
    expect(keys.calls).toEqual(['K1', 'K2']);
  });

  it('when a key goes to another group while an attempt runs', async () => {
    const runtime = new FakeRuntime({ stepped: true });
    const groupLimits = { a: { tokensPerMinute: 9 }, b: { tokensPerMinute: 9 } };
    const { manager } = scriptKeys({ K1: [ok] }, { runtime, groupLimits, groups: { K1: 'a' } });
    const call = manager.retryWithFallback(
      async () => {
        await runtime.pass(100);
        currentAttempt().spent({ tokens: 2 });
      },
      { cost: { tokens: 5 } },
    );
    await runtime.advance(10);
    manager.setKeys([{ key: 'K1', group: 'b' }]);
    await runtime.advance(200);
    await call;
    expect(manager.status().keys[0]?.limits).toMatchObject([{ group: 'b', used: 0 }]);
    manager.setKeys([{ key: 'K1', group: 'a' }]);
    expect(manager.status().keys[0]?.limits).toMatchObject([{ group: 'a', used: 2 }]);
  });

  it('when tokens are estimated in fractions', async () => {
    const keys = limited({ tokensPerMinute: 3 }, ['K1']);
    await keys.call({ cost: { tokens: 0.1 } });
    await keys.call({ cost: { tokens: 1.2 } });
    expect(keys.manager.status().keys[0]?.limits).toMatchObject([{ used: 3 }]);
    expect(await rejection(keys.call({ cost: { tokens: 0.1 } }))).toMatchObject({ reason: 'limited' });
  });

  it('on the day on which an attempt began, when its tokens are known on the next one', async () => {
    const runtime = new FakeRuntime({ stepped: true });
    const { manager } = limited({ tokensPerDay: 100 }, ['K1'], { runtime });
    const call = (ms: number, tokens: number) =>
      manager.retryWithFallback(
        async () => {
          await runtime.pass(ms);
          currentAttempt().spent({ tokens });
        },
        { cost: { tokens: 50 } },
      );
    await runtime.advance(86_399_000);
    const first = call(2000, 1);
    await runtime.advance(1500);
    const second = call(1000, 40);
    await runtime.advance(1500);
    await Promise.all([first, second]);
    expect(manager.status().keys[0]?.limits).toMatchObject([{ name: 'tokensPerDay', used: 40 }]);
  });
});

describe('configured concurrency', () => {
  it('counts attempts on the earlier secret of an account', async () => {
    const runtime = new FakeRuntime({ stepped: true });
    const { manager, call } = limited({ concurrency: 1 }, ['K0'], { runtime });
    manager.setKeys([{ key: 'K1', slot: 'a' }]);
    const long = manager.retryWithFallback(() => runtime.pass(500));
    await runtime.advance(10);
    manager.setKeys([{ key: 'K9', slot: 'a' }]);
    expect(await rejection(call({ delay: 0 }))).toMatchObject({ reason: 'limited' });
    expect(manager.status().keys[0]?.limits).toMatchObject([{ name: 'concurrency', used: 1 }]);
    const next = call({ onExhausted: 'wait' });
    await runtime.advance(490);
    await long;
    await expect(next).resolves.toBe('K9');
    expect(manager.status().keys[0]?.limits).toMatchObject([{ name: 'concurrency', used: 0 }]);
  });

  it('counts attempts that began before the key had limits', async () => {
    const runtime = new FakeRuntime({ stepped: true });
    const { manager, call } = limited(undefined, ['K1'], { runtime });
    const long = manager.retryWithFallback(() => runtime.pass(500));
    await runtime.advance(10);
    manager.setKeys([{ key: 'K1', limits: { concurrency: 1 } }]);
    expect(await rejection(call({ delay: 0 }))).toMatchObject({ reason: 'limited' });
    await runtime.advance(490);
    await long;
    await expect(call()).resolves.toBe('K1');
  });

  it.each([
    ['a key', { limits: { concurrency: 1 } }],
    ['a bucket', { limits: { buckets: { search: { concurrency: 1 } } } }],
    ['a group', { groups: { K1: 'a' }, groupLimits: { a: { concurrency: 1 } } }],
  ])('of %s forgets an attempt that never ends', async (_name, options) => {
    const keys = scriptKeys({ K1: [hangs, ok] }, options);
    void keys.call({ operation: 'search' });
    expect(await rejection(keys.call({ operation: 'search', delay: 0 }))).toMatchObject({ reason: 'limited' });
    keys.runtime.set(1_800_000);
    await expect(keys.call({ operation: 'search' })).resolves.toBe('K1');
    expect(keys.manager.status().keys[0]?.limits).toMatchObject([{ name: 'concurrency', used: 0 }]);
  });
});

describe('calls that wait for room', () => {
  it('do not hold up those of another bucket', async () => {
    const runtime = new FakeRuntime({ stepped: true });
    const keys = limited({ buckets: { slow: { requestsPerMinute: 1 } } }, ['K1'], { runtime });
    await keys.call({ operation: 'slow' });
    const waiting = keys.call({ operation: 'slow', onExhausted: 'wait' });
    await runtime.advance(10);
    await expect(keys.call({ operation: 'fast', delay: 0 })).resolves.toBe('K1');
    await runtime.advance(61_000);
    await expect(waiting).resolves.toBe('K1');
  });

  it('have the time that a full window needs, by default', async () => {
    const keys = limited({ requestsPerMinute: 1 }, ['K1']);
    await keys.call();
    await expect(keys.call({ onExhausted: 'wait' })).resolves.toBe('K1');
    expect(keys.runtime.now()).toBe(61_000);
  });
});
