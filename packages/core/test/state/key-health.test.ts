import { describe, expect, it } from 'vitest';
import { keyChanges, recordEvents, inWords } from '../events/record-events.ts';
import {
  callerError,
  invalidKey,
  ok,
  quotaExhausted,
  rateLimited,
  scriptKeys,
  transient,
  takes,
} from '../scripted-keys.ts';

const once = { maxRetries: 1 };

describe('a suspect key', () => {
  it('comes after the healthy ones for 30 s', async () => {
    const { call, calls, runtime, key } = scriptKeys({ K1: [transient, ok], K2: [ok] });
    await call(once);
    expect(key('K1')).toMatchObject({ state: 'suspect', reason: 'transient' });
    runtime.set(29_999);
    await call(once);
    runtime.set(30_000);
    await call(once);
    expect(calls).toEqual(['K1', 'K2', 'K2', 'K1']);
  });

  it('is tried last and not left out', async () => {
    const { call, calls } = scriptKeys({ K1: [transient, ok], K2: [ok, transient], K3: [transient] });
    await call(once);
    await expect(call(once)).resolves.toBe('K1');
    expect(calls).toEqual(['K1', 'K2', 'K2', 'K3', 'K1']);
  });

  it('is healthy again after a success', async () => {
    const { call, key, manager } = scriptKeys({ K1: [transient, ok] });
    const changes = recordEvents(manager, keyChanges);
    await call(once).catch(() => {});
    expect(key('K1').state).toBe('suspect');
    await call(once);
    expect(key('K1').state).toBe('healthy');
    expect(changes.map(inWords)).toEqual(['key.suspected K1', 'key.recovered K1']);
  });

  it('stays as it is after a caller error', async () => {
    const { call, key } = scriptKeys({ K1: [transient, callerError] });
    await call(once).catch(() => {});
    await call(once).catch(() => {});
    expect(key('K1').state).toBe('suspect');
  });
});

describe('a cooling key', () => {
  it('is left out until exactly its stated time', async () => {
    const { call, calls, sleeps, runtime } = scriptKeys({ K1: [rateLimited(120_000), ok], K2: [ok] });
    await call();
    runtime.set(119_999);
    await call();
    runtime.set(120_000);
    await call();
    expect(calls).toEqual(['K1', 'K2', 'K2', 'K1']);
    expect(sleeps).toEqual([]);
  });

  it('is left out for 500 ms from its last failure when no time is stated', async () => {
    const { call, calls, runtime } = scriptKeys({ K1: [rateLimited(), rateLimited(), ok], K2: [ok] });
    await call({ maxRetries: 2, delay: 10 });
    runtime.set(509);
    await call();
    runtime.set(510);
    await call();
    expect(calls).toEqual(['K1', 'K1', 'K2', 'K2', 'K1']);
  });

  it('is left out twice as long each time in a row, and for 500 ms again after a success', async () => {
    const { call, key, runtime } = scriptKeys({ K1: [rateLimited(), rateLimited(), rateLimited(), ok, rateLimited()] });
    for (const [time, cooldownMs] of [
      [0, 500],
      [500, 1000],
      [1500, 2000],
    ] as const) {
      runtime.set(time);
      await call(once).catch(() => {});
      expect(key('K1')).toMatchObject({ state: 'cooling', availableAtMs: time + cooldownMs });
    }
    runtime.set(3500);
    await expect(call(once)).resolves.toBe('K1');
    runtime.set(3501);
    await call(once).catch(() => {});
    expect(key('K1').availableAtMs).toBe(4001);
  });

  it('is left out until its own history has room, when that is sooner, and for 250 ms at least', async () => {
    const { call, key, runtime } = scriptKeys({ K1: [ok, rateLimited(), rateLimited(), rateLimited()] });
    await call(once);
    const ends: unknown[] = [];
    // By the ladder alone: 500 ms, 1 s, 2 s. The request of second 0 leaves the window at 61 s.
    for (const time of [59_000, 60_300, 60_990]) {
      runtime.set(time);
      await call(once).catch(() => {});
      ends.push(key('K1').availableAtMs);
    }
    expect(ends).toEqual([59_500, 61_000, 61_240]);
  });

  it('is left out for an hour at most when no time is stated', async () => {
    const { call, key, runtime } = scriptKeys({ K1: [rateLimited()] });
    for (let count = 0; count < 14; count++) {
      runtime.set(key('K1').availableAtMs ?? 0);
      await call(once).catch(() => {});
    }
    expect((key('K1').availableAtMs ?? 0) - runtime.now()).toBe(3_600_000);
  });

  it('keeps its doubling over transient failures and stated waits', async () => {
    const { call, key, runtime } = scriptKeys({ K1: [rateLimited(), transient, rateLimited(5000), rateLimited()] });
    for (const time of [0, 60_000, 100_000, 105_000]) {
      runtime.set(time);
      await call(once).catch(() => {});
    }
    expect(key('K1').availableAtMs).toBe(105_000 + 1000);
  });

  it('is judged by the last attempt alone', async () => {
    const demoted = scriptKeys({ K1: [rateLimited(), rateLimited(), transient], K2: [ok] });
    await demoted.call();
    expect(demoted.key('K1').state).toBe('suspect');
    const limited = scriptKeys({ K1: [transient, transient, rateLimited()], K2: [ok] });
    await limited.call();
    expect(limited.key('K1').state).toBe('cooling');
  });

  it('stays out over days without a timer', async () => {
    const fourDaysMs = 406_080_000;
    const { call, calls, sleeps, runtime, key } = scriptKeys({ K1: [quotaExhausted(fourDaysMs), ok], K2: [ok] });
    await call();
    runtime.set(fourDaysMs - 1);
    await call();
    runtime.set(fourDaysMs);
    await call();
    expect(calls).toEqual(['K1', 'K2', 'K2', 'K1']);
    expect(sleeps).toEqual([]);
    expect(key('K1').state).toBe('healthy');
  });

  it('comes back at the reset of its quota, or after an hour when none is known', async () => {
    const { call, calls, sleeps, key, runtime } = scriptKeys({
      K1: [quotaExhausted(1_800_000), ok],
      K2: [quotaExhausted(), ok],
      K3: [ok],
    });
    await call();
    expect(calls).toEqual(['K1', 'K2', 'K3']);
    expect(sleeps).toEqual([]);
    expect(key('K1')).toMatchObject({ state: 'cooling', reason: 'quota-exhausted', availableAtMs: 1_800_000 });
    expect(key('K2')).toMatchObject({ state: 'cooling', reason: 'quota-exhausted', availableAtMs: 3_600_000 });
    runtime.set(1_800_000);
    await call();
    expect(calls.slice(3)).toEqual(['K1']);
  });

  it.each([-1, 0, Number.NaN, Number.POSITIVE_INFINITY])(
    'is out for an hour when the reset of its quota is said to be %d',
    async (reset) => {
      const { call, key } = scriptKeys({ K1: [takes(5, quotaExhausted(reset))], K2: [ok] });
      await call();
      expect(key('K1')).toMatchObject({ state: 'cooling', availableAtMs: 3_600_005 });
    },
  );
});

describe('a disabled key', () => {
  it('is tried by one call with one attempt after 5 min, twice as late each time, up to 24 h', async () => {
    const { call, calls, runtime, key } = scriptKeys({ K1: [invalidKey()], K2: [ok] });
    const waits: number[] = [];
    for (let look = 0; look < 11; look++) {
      await call();
      expect(key('K1')).toMatchObject({ state: 'disabled', reason: 'invalid-key' });
      const availableAtMs = key('K1').availableAtMs ?? 0;
      waits.push((availableAtMs - runtime.now()) / 60_000);
      runtime.set(availableAtMs - 1);
      await call();
      runtime.set(availableAtMs);
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]);
    expect(calls.filter((called) => called === 'K1')).toHaveLength(11);
  });

  it('takes one step for all refusals of a burst', async () => {
    const { call, runtime, key } = scriptKeys({ K1: [takes(10, invalidKey())], K2: [ok] }, { stepped: true });
    const calls = [call(), call(), call()];
    await runtime.advance(10);
    await Promise.all(calls);
    expect(key('K1').availableAtMs).toBe(300_010);
    await runtime.advance(300_000);
    const later = [call(), call(), call()];
    await runtime.advance(10);
    await Promise.all(later);
    expect(key('K1').availableAtMs).toBe(600_000 + 300_020);
  });

  it('comes back when it works again', async () => {
    const { call, runtime, key, manager } = scriptKeys({ K1: [invalidKey(), ok], K2: [ok] });
    const changes = recordEvents(manager, keyChanges);
    await call();
    runtime.set(300_000);
    await expect(call()).resolves.toBe('K1');
    expect(key('K1').state).toBe('healthy');
    expect(changes.map(inWords)).toEqual(['key.disabled K1', 'key.recovered K1']);
  });

  it('is no reason to wait', async () => {
    const { call } = scriptKeys({ K1: [invalidKey()] });
    const thrown = await call({ onExhausted: 'wait' }).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ reason: 'invalid-keys' });
    expect(thrown).not.toHaveProperty('retryAfterMs');
  });

  it('is left out until it is reset with recheckInvalid: false', async () => {
    const script = { K1: [invalidKey(), ok], K2: [ok] } as const;
    const { call, calls, runtime, manager, key } = scriptKeys(script, { recheckInvalid: false });
    await call();
    runtime.set(365 * 86_400_000);
    await call();
    expect(key('K1')).toMatchObject({ state: 'disabled', reason: 'invalid-key' });
    expect(key('K1').availableAtMs).toBeUndefined();
    manager.reset('K1');
    await call();
    expect(calls).toEqual(['K1', 'K2', 'K2', 'K1']);
  });

  it('is left out until it is enabled', async () => {
    const { call, calls, manager } = scriptKeys({ K1: [invalidKey(), ok], K2: [ok] });
    await call();
    manager.enable('K1');
    await call();
    expect(calls).toEqual(['K1', 'K2', 'K1']);
  });

  it('is checked again when the adapter says so', async () => {
    const { call, calls, runtime, key } = scriptKeys({ K1: [invalidKey(500), ok], K2: [ok] });
    await call();
    expect(key('K1')).toMatchObject({ state: 'disabled', reason: 'invalid-key', availableAtMs: 500 });
    runtime.set(499);
    await call();
    runtime.set(500);
    await call();
    expect(calls).toEqual(['K1', 'K2', 'K2', 'K1']);
    expect(key('K1').state).toBe('healthy');
  });
});
