import { describe, expect, it } from 'vitest';
import { settle } from '../fake-runtime.ts';
import { inWords, keyChanges, recordEvents } from '../events/record-events.ts';
import { callerError, hangs, invalidKey, ok, rateLimited, scriptKeys, transient, takes } from '../scripted-keys.ts';

const once = { maxRetries: 1 };

function count(calls: readonly string[], key: string): number {
  return calls.filter((called) => called === key).length;
}

describe('calls at the same time', () => {
  it('learn from what earlier calls found out', async () => {
    const { call, calls } = scriptKeys({ K1: [rateLimited(30_000)], K2: [invalidKey()], K3: [ok] });
    await call();
    expect(calls).toEqual(['K1', 'K2', 'K3']);
    await call();
    expect(calls).toEqual(['K1', 'K2', 'K3', 'K3']);
  });

  it('make one transition of many failures', async () => {
    const { call, calls, manager, key } = scriptKeys({ K1: [rateLimited()], K2: [ok] });
    const changes = recordEvents(manager, keyChanges);
    const values = await Promise.all(Array.from({ length: 10 }, () => call(once)));
    expect(values).toEqual(Array.from({ length: 10 }, () => 'K2'));
    expect(count(calls, 'K1')).toBe(10);
    expect(count(calls, 'K2')).toBe(10);
    expect(changes.map(inWords)).toEqual(['key.cooled-down K1']);
    expect(key('K1').availableAtMs).toBe(500);
  });

  it('suspect and disable a key once', async () => {
    for (const [outcome, change] of [
      [transient, 'key.suspected K1'],
      [invalidKey(), 'key.disabled K1'],
    ] as const) {
      const { call, manager } = scriptKeys({ K1: [outcome], K2: [ok] }, { retryBudget: false });
      const changes = recordEvents(manager, keyChanges);
      await Promise.all(Array.from({ length: 10 }, () => call(once)));
      expect(changes.map(inWords)).toEqual([change]);
    }
  });

  it.each([
    ['a stated rate limit', rateLimited(60_000)],
    ['a rate limit', rateLimited()],
    ['a transient failure', transient],
    ['an invalid key', invalidKey()],
  ])('ignore %s from before a recovery', async (_name, outcome) => {
    const { call, calls, runtime, key } = scriptKeys(
      { K1: [takes(2000, outcome), rateLimited(1000), ok], K2: [ok] },
      { stepped: true },
    );
    const first = call(once);
    await runtime.advance(10);
    await call(once);
    await runtime.advance(1000);
    await expect(call(once)).resolves.toBe('K1');
    expect(calls).toEqual(['K1', 'K1', 'K2', 'K1']);
    await runtime.advance(990);
    await expect(first).resolves.toBe('K2');
    expect(key('K1').state).toBe('healthy');
    await runtime.advance(1);
    await expect(call(once)).resolves.toBe('K1');
  });

  it.each([
    ['a rate limit', rateLimited(60_000)],
    ['a rate limit without a time', rateLimited()],
    ['an invalid key', invalidKey()],
    ['a transient failure', transient],
  ])('ignore %s from before a reset', async (_name, outcome) => {
    const { call, runtime, manager, key } = scriptKeys({ K1: [takes(100, outcome)], K2: [ok] }, { stepped: true });
    const running = call(once);
    await runtime.advance(50);
    manager.reset('K1');
    await runtime.advance(50);
    await expect(running).resolves.toBe('K2');
    expect(key('K1').state).toBe('healthy');
  });

  it.each(['a new', 'a reset'])(
    'do not end the cooldown of %s key by a success that began before it',
    async (which) => {
      const { call, runtime, manager, key } = scriptKeys(
        { K1: [takes(100, ok), takes(50, rateLimited(60_000))], K2: [ok] },
        { stepped: true },
      );
      if (which === 'a reset') manager.reset();
      const [success, failure] = [call(once), call(once)];
      await runtime.advance(100);
      await expect(Promise.all([success, failure])).resolves.toEqual(['K1', 'K2']);
      expect(key('K1')).toMatchObject({ state: 'cooling', availableAtMs: 60_050 });
    },
  );

  it('do not revive a key that was disabled meanwhile', async () => {
    const { call, runtime, manager, key } = scriptKeys({ K1: [takes(100, ok)], K2: [ok] }, { stepped: true });
    const running = call(once);
    await runtime.advance(50);
    manager.disable('K1');
    await runtime.advance(50);
    await expect(running).resolves.toBe('K1');
    expect(key('K1')).toMatchObject({ state: 'disabled', reason: 'operator' });
  });

  it('do not revive with a probe a key that was disabled meanwhile', async () => {
    const { call, runtime, manager, key } = scriptKeys(
      { K1: [rateLimited(10), takes(100, ok)], K2: [ok] },
      { stepped: true },
    );
    await call({ ...once, delay: 5 });
    await runtime.advance(10);
    const probe = call(once);
    await runtime.advance(50);
    manager.disable('K1');
    await runtime.advance(50);
    await expect(probe).resolves.toBe('K1');
    expect(key('K1').state).toBe('disabled');
  });
});

describe('a stated wait', () => {
  it('never shortens a cooldown that runs', async () => {
    for (const waits of [
      [60_000, 10_000],
      [10_000, 60_000],
    ] as const) {
      const { call, runtime, manager, key } = scriptKeys(
        { K1: [takes(1, rateLimited(waits[0])), takes(2, rateLimited(waits[1]))], K2: [ok] },
        { stepped: true },
      );
      const changes = recordEvents(manager, keyChanges);
      const calls = [call(once), call(once)];
      await runtime.advance(2);
      await Promise.all(calls);
      expect(key('K1').availableAtMs).toBe(waits[0] === 60_000 ? 60_001 : 60_002);
      expect(changes.map(inWords)).toEqual(['key.cooled-down K1']);
    }
  });

  it('extends a guessed cooldown without a second event and without moving the doubling', async () => {
    const { call, runtime, manager, key } = scriptKeys(
      { K1: [takes(1, rateLimited()), takes(2, rateLimited(90_000)), rateLimited()], K2: [ok] },
      { stepped: true },
    );
    const changes = recordEvents(manager, keyChanges);
    const calls = [call(once), call(once)];
    await runtime.advance(2);
    await Promise.all(calls);
    expect(key('K1').availableAtMs).toBe(90_002);
    expect(changes.map(inWords)).toEqual(['key.cooled-down K1']);
    runtime.set(90_002);
    await call(once);
    expect(key('K1').availableAtMs).toBe(90_002 + 1000);
  });
});

describe('a key whose cooldown has ended', () => {
  it('is tried by one call while the others use another key at once', async () => {
    const { call, calls, runtime, manager, key } = scriptKeys(
      { K1: [rateLimited(1000), takes(50, ok), ok], K2: [ok] },
      { stepped: true },
    );
    await call(once);
    await runtime.advance(1000);
    const changes = recordEvents(manager, keyChanges);
    calls.length = 1;
    const settled: unknown[] = [];
    const all = Array.from({ length: 100 }, () => call(once).then((value) => settled.push(value)));
    await settle();
    expect(count(calls, 'K1')).toBe(2);
    expect(count(calls, 'K2')).toBe(99);
    expect(settled).toEqual(Array.from({ length: 99 }, () => 'K2'));
    expect(key('K1').state).toBe('recovering');

    await runtime.advance(50);
    await Promise.all(all);
    expect(settled.at(-1)).toBe('K1');
    expect(key('K1').state).toBe('healthy');
    expect(changes.map(inWords)).toEqual(['key.recovered K1']);
    await expect(call(once)).resolves.toBe('K1');
  });

  it('cools for twice as long when the trial fails, and the trying call goes on', async () => {
    const { call, calls, runtime, key } = scriptKeys({ K1: [rateLimited()], K2: [ok] });
    await call(once);
    runtime.set(500);
    await expect(call(once)).resolves.toBe('K2');
    expect(calls).toEqual(['K1', 'K2', 'K1', 'K2']);
    expect(key('K1').availableAtMs).toBe(1500);
  });

  it('is tried by exactly one other call when the trial never settles and its time is up', async () => {
    const { call, calls, runtime } = scriptKeys({ K1: [rateLimited(1000), hangs], K2: [ok] }, { stepped: true });
    await call(once);
    await runtime.advance(1000);
    void call(once);
    await expect(call(once)).resolves.toBe('K2');
    expect(calls).toEqual(['K1', 'K2', 'K1', 'K2']);

    await runtime.advance(3_600_000);
    for (let number = 0; number < 10; number++) void call(once);
    await settle();
    expect(count(calls, 'K1')).toBe(3);
    expect(count(calls, 'K2')).toBe(2 + 9);
  });

  it('can be tried by the next call after a caller error, which leaves it as it was', async () => {
    const { call, calls, runtime, manager, key } = scriptKeys({ K1: [rateLimited(1000), callerError, ok], K2: [ok] });
    await call(once);
    runtime.set(1000);
    const changes = recordEvents(manager, keyChanges);
    await expect(call(once)).rejects.toThrow('scripted failure');
    expect(key('K1').state).toBe('recovering');
    expect(changes).toEqual([]);
    await expect(call(once)).resolves.toBe('K1');
    expect(calls).toEqual(['K1', 'K2', 'K1', 'K1']);
    expect(changes.map(inWords)).toEqual(['key.recovered K1']);
  });

  it('can be tried by the next call after an abort, which leaves it as it was', async () => {
    const { call, runtime, key } = scriptKeys(
      { K1: [rateLimited(1000), takes(50, transient), ok], K2: [ok] },
      { stepped: true },
    );
    await call(once);
    await runtime.advance(1000);
    const controller = new AbortController();
    const thrown = call({ ...once, signal: controller.signal }).catch((error: unknown) => error);
    await settle();
    controller.abort('enough');
    await runtime.advance(50);
    await expect(thrown).resolves.toBe('enough');
    expect(key('K1').state).toBe('recovering');
    await expect(call(once)).resolves.toBe('K1');
  });

  it('stays on trial when another call that had no choice ends first', async () => {
    const { call, runtime, manager, calls } = scriptKeys(
      { K1: [rateLimited(1000), takes(100, ok), takes(10, callerError)], K2: [ok] },
      { stepped: true },
    );
    await call(once);
    await runtime.advance(1000);
    manager.disable('K2');
    const trial = call(once);
    const other = call(once).catch(() => {});
    await runtime.advance(10);
    await other;
    manager.enable('K2');
    await expect(call(once)).resolves.toBe('K2');
    expect(count(calls, 'K1')).toBe(3);
    await runtime.advance(90);
    await expect(trial).resolves.toBe('K1');
  });

  it('is used by everybody when no other key can be used', async () => {
    const { call, runtime, calls } = scriptKeys({ K1: [rateLimited(1000), takes(50, ok)] }, { stepped: true });
    await call(once).catch(() => {});
    await runtime.advance(1000);
    const all = Array.from({ length: 5 }, () => call(once));
    await runtime.advance(50);
    await expect(Promise.all(all)).resolves.toEqual(['K1', 'K1', 'K1', 'K1', 'K1']);
    expect(calls).toHaveLength(6);
  });
});
