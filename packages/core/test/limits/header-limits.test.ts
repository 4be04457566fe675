import { registry } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { settle } from '../fake-runtime.ts';
import { ok, rateLimited, returns, transient } from '../scripted-keys.ts';
import { observeLimits, slow, statedKeys, states } from './stated-answers.ts';

const dayMs = 86_400_000;
const once = { maxRetries: 1 };

describe('a limit that a response states as used up', () => {
  it('lets other keys come first until its reset, and leaves the key healthy', async () => {
    const keys = statedKeys({ K1: [states({ resetMs: 5000 }), ok], K2: [ok] });
    await keys.call();
    await keys.call();
    expect(keys.key('K1').state).toBe('healthy');
    keys.runtime.set(5000);
    await keys.call();
    expect(keys.calls).toEqual(['K1', 'K2', 'K1']);
  });

  it('never keeps a call from the last key that works', async () => {
    const keys = statedKeys({ K1: [states({ resetMs: 5000 })], K2: [states({ resetMs: 9000 })], K3: [ok] });
    await keys.call();
    await keys.call();
    keys.manager.disable('K3');
    // Of two full keys the one that has room first.
    await expect(keys.call()).resolves.toBe('K1');
    keys.manager.disable('K1');
    await expect(keys.call()).resolves.toBe('K2');
  });

  it('sends a call that has failed on the key to another one at once', async () => {
    const failing = () => {
      observeLimits({ resetMs: 5000 });
      throw new TypeError('fetch failed');
    };
    const keys = statedKeys({ K1: [failing], K2: [ok] });
    await expect(keys.call()).resolves.toBe('K2');
    expect([keys.calls, keys.sleeps]).toEqual([['K1', 'K2'], []]);
  });

  it('comes before a key that is suspect', async () => {
    const keys = statedKeys({ K1: [states({ resetMs: 60_000 }), ok], K2: [transient] });
    await keys.call();
    await keys.call(once);
    expect(keys.key('K2').state).toBe('suspect');
    await keys.call(once);
    expect(keys.calls).toEqual(['K1', 'K2', 'K1', 'K1']);
  });

  it.each([
    ['some is left', { remaining: 1, resetMs: 5000 }],
    ['its reset is over', { resetMs: -1 }],
    ['what is left is no number', { remaining: Number.NaN, resetMs: 5000 }],
    ['the plan has none of it', { limit: 0, resetMs: 5000 }],
  ])('is ignored when %s', async (_when, limit) => {
    const keys = statedKeys({ K1: [states(limit), ok], K2: [ok] });
    keys.runtime.set(1000);
    await keys.call();
    await keys.call();
    expect(keys.calls).toEqual(['K1', 'K1']);
  });

  it.each([
    ['a minute without a reset', {}, 60_000],
    ['a day at most', { resetMs: 10 * dayMs }, dayMs],
    ['the time until the next request has room', { resetMs: 60_000, roomMs: 1000 }, 1000],
  ])('counts for %s', async (_how, limit, fullForMs) => {
    const keys = statedKeys({ K1: [states(limit), ok], K2: [ok] });
    await keys.call();
    keys.runtime.set(fullForMs - 1);
    await keys.call();
    keys.runtime.set(fullForMs);
    await keys.call();
    expect(keys.calls).toEqual(['K1', 'K2', 'K1']);
  });

  it('counts until the latest reset of several', async () => {
    const two = states({ name: 'credits', resetMs: 7000 }, { resetMs: 1000 });
    const keys = statedKeys({ K1: [two], K2: [ok] });
    await keys.call();
    keys.runtime.set(6999);
    await expect(keys.call()).resolves.toBe('K2');
  });

  it('applies to the operation of the call', async () => {
    const keys = statedKeys({ K1: [states({ resetMs: 5000 }), ok], K2: [ok] });
    for (const operation of ['search', 'search', 'videos']) await keys.call({ operation });
    expect(keys.calls).toEqual(['K1', 'K2', 'K1']);
  });

  it('applies to the bucket that it names, and to calls like the one that met it', async () => {
    const keys = statedKeys({ K1: [states({ resetMs: 5000, bucket: 'search' }), ok], K2: [ok] });
    await keys.call();
    await keys.call();
    await keys.call({ operation: 'search' });
    await keys.call({ operation: 'videos' });
    expect(keys.calls).toEqual(['K1', 'K2', 'K2', 'K1']);
  });

  it('applies to all keys of a group', async () => {
    const groups = { K1: 'project', K2: 'project' };
    const ofProject = states({ name: 'project-tokens', resetMs: 5000, scope: 'group' });
    const keys = statedKeys({ K1: [ofProject, ok], K2: [ok], K3: [ok] }, { groups });
    await keys.call();
    await keys.call();
    expect(keys.calls).toEqual(['K1', 'K3']);
    expect(keys.key('K2').limits).toEqual([
      { name: 'project-tokens', source: 'header', remaining: 0, resetsAtMs: 5000, group: 'project' },
    ]);
  });

  it('applies to the same keys in a manager that replaces this one', async () => {
    const ofGroup = states({ name: 'tokens', resetMs: 5000, scope: 'group' });
    const keys = statedKeys({ K1: [ofGroup], K2: [ok] }, { groups: { K1: 'org' } });
    registry.register(keys.manager);
    await keys.call();
    const next = statedKeys({ K2: [ok], K1: [ok] }, { runtime: keys.runtime });
    registry.register(next.manager, { replace: true });
    expect(next.key('K1').limits).toMatchObject([{ name: 'tokens', remaining: 0, group: 'org' }]);
    registry.unregister('scripted');
  });

  it('is forgotten with reset()', async () => {
    const keys = statedKeys({ K1: [states({ resetMs: 5000 }), ok], K2: [ok] });
    await keys.call();
    keys.manager.reset();
    await expect(keys.call()).resolves.toBe('K1');
  });
});

describe('the requests that a response cannot have counted', () => {
  it('take of what it states: with 2 left, a third call at once takes the next key', async () => {
    const keys = statedKeys({ K1: [states({ remaining: 2, resetMs: 60_000 }), slow], K2: [slow] }, { stepped: true });
    await keys.call();
    const calls = [keys.call(), keys.call(), keys.call()];
    await settle();
    expect(keys.calls).toEqual(['K1', 'K1', 'K1', 'K2']);
    await keys.runtime.advance(100);
    await Promise.all(calls);
  });

  it('no longer count when their response has come, or when they have failed', async () => {
    const script = {
      K1: [states({ remaining: 1, resetMs: 60_000 }), transient, states({ remaining: 1, resetMs: 60_000 }), ok],
      K2: [ok],
    } as const;
    const keys = statedKeys(script);
    for (let call = 0; call < 3; call++) await keys.call();
    expect(keys.calls).toEqual(['K1', 'K1', 'K1', 'K1']);
  });

  it('take of the limit of a group, on whichever of its keys they run', async () => {
    const groups = { K1: 'project', K2: 'project' };
    const ofGroup = states({ remaining: 2, resetMs: 60_000, scope: 'group' });
    const script = { K1: [ofGroup, slow], K2: [slow], K3: [slow] } as const;
    const keys = statedKeys(script, { groups, stepped: true, strategy: 'least-used' });
    await keys.call();
    const calls = [keys.call(), keys.call(), keys.call(), keys.call()];
    await settle();
    expect(keys.calls.slice(1).toSorted()).toEqual(['K1', 'K2', 'K3', 'K3']);
    await keys.runtime.advance(100);
    await Promise.all(calls);
  });
});

describe('of several responses', () => {
  it('that of an older request raises nothing', async () => {
    const older = Promise.withResolvers<void>();
    const late = async (): Promise<void> => {
      await older.promise;
      observeLimits({ remaining: 9, resetMs: 60_000 });
    };
    const keys = statedKeys({ K1: [late, states({ resetMs: 60_000 }), ok], K2: [ok] });
    const first = keys.call();
    await keys.call();
    older.resolve();
    await first;
    await expect(keys.call()).resolves.toBe('K2');
  });

  it('the lowest counts until the reset, and none after it', async () => {
    const script = {
      K1: [states({ remaining: 0, resetMs: 60_000 }), ok],
      K2: [states({ remaining: 3, resetMs: 60_000 }), states({ remaining: 5, resetMs: 60_500 }), ok],
    } as const;
    const keys = statedKeys(script);
    for (let call = 0; call < 3; call++) await keys.call();
    expect(keys.key('K2').limits).toMatchObject([{ remaining: 3, resetsAtMs: 60_000 }]);
    keys.runtime.set(60_000);
    await expect(keys.call()).resolves.toBe('K1');
    expect(keys.key('K2')).not.toHaveProperty('limits');
  });

  it('the newest counts after a reset', async () => {
    const script = {
      K1: [states({ resetMs: 1000 }), states({ remaining: 8, resetMs: 60_000 }), ok],
      K2: [ok],
    } as const;
    const keys = statedKeys(script);
    await keys.call();
    keys.runtime.set(1000);
    await keys.call();
    expect(keys.key('K1').limits).toMatchObject([{ remaining: 8, resetsAtMs: 61_000 }]);
  });
});

describe('a limit that headers state and refusals have taught', () => {
  it('is the one of the headers', async () => {
    const minute = states({ limit: 60, remaining: 30, resetMs: 60_000, window: 'minute' });
    const refused = [...Array.from({ length: 20 }, () => ok), rateLimited()] as const;
    const keys = statedKeys({ K1: [ok, ...refused, minute], K2: [returns('K2')] });
    for (let call = 0; call < 22; call++) await keys.call(once);
    const learned = { name: 'requestsPerMinute', source: 'learned', limit: 21 };
    expect(keys.key('K1').limits).toMatchObject([learned]);
    expect(keys.key('K2').limits).toMatchObject([{ ...learned, used: 1 }]);
    keys.manager.disable('K2');
    keys.runtime.set(1000);
    await keys.call(once);
    keys.manager.enable('K2');
    expect(keys.key('K1').limits).toEqual([
      { name: 'requestsPerMinute', source: 'header', limit: 60, used: 30, resetsAtMs: 61_000, window: 'minute' },
    ]);
    await expect(keys.call(once)).resolves.toBe('K1');
  });
});
