import { describe, expect, it } from 'vitest';
import { ok, rateLimited, scriptKeys, takes, transient, type Outcome, type ScriptedKeys } from '../scripted-keys.ts';

const once = { maxRetries: 1 };
const patient = { maxRetries: 50, delay: 1000 };
const stepped = { stepped: true } as const;

/** 20 calls fail on K1 at 10 and pause until 1010; another call then cools K1 until 500. */
async function pausedCalls(
  then: Outcome,
  retryBudget: object | false,
): Promise<ScriptedKeys & { all: Promise<unknown> }> {
  let made = 0;
  const each: Outcome = (key, runtime) => {
    made++;
    if (made <= 20) return takes(10, transient)(key, runtime);
    return (made === 21 ? rateLimited(480) : then)(key, runtime);
  };
  const keys = scriptKeys({ K1: [each], K2: [takes(100, ok)] }, { ...stepped, retryBudget });
  const all = Promise.all(Array.from({ length: 20 }, () => keys.call(patient)));
  await keys.runtime.advance(20);
  void keys.call();
  await keys.runtime.advance(300);
  keys.calls.length = 0;
  return { ...keys, all };
}

describe.each([
  ['without a retry budget', false as const],
  ['with a retry budget', {}],
])('calls that come back from their pause to a key that recovers, %s', (_name, retryBudget) => {
  it('go on with the next key, but for one', async () => {
    const { all, runtime, calls } = await pausedCalls(takes(100, ok), retryBudget);
    await runtime.advance(5000);
    await expect(all).resolves.toHaveLength(20);
    expect(calls.filter((key) => key === 'K1').length).toBeLessThanOrEqual(1);
  });

  it('go on with a suspect one, but for one', async () => {
    const { all, runtime, calls, manager } = await pausedCalls(takes(100, ok), retryBudget);
    manager.markKeyFailed('K2', 'transient');
    await runtime.advance(5000);
    await expect(all).resolves.toHaveLength(20);
    expect(calls.filter((key) => key === 'K1')).toHaveLength(1);
  });

  it('all go on with the next key while another call tries it', async () => {
    const { all, runtime, calls, call } = await pausedCalls(takes(900, ok), retryBudget);
    await runtime.advance(400);
    const probe = call();
    await runtime.advance(5000);
    await expect(probe).resolves.toBe('K1');
    await expect(all).resolves.toEqual(Array.from({ length: 20 }, () => 'K2'));
    expect(calls.filter((key) => key === 'K1')).toHaveLength(1);
  });
});

describe('a late failure that states a long wait', () => {
  const late = takes(5000, rateLimited(600_000));

  it('does not beat a newer successful probe', async () => {
    const keys = scriptKeys({ K1: [late, rateLimited(1000), ok], K2: [ok] }, stepped);
    const calls = [keys.call(once), keys.call(once)];
    await keys.runtime.advance(2000);
    await expect(keys.call(once)).resolves.toBe('K1');
    await keys.runtime.advance(5000);
    await Promise.all(calls);
    expect(keys.key('K1').state).toBe('healthy');
  });

  it('does not prolong a cooldown that has ended', async () => {
    const keys = scriptKeys({ K1: [late, rateLimited(1000), ok], K2: [ok] }, stepped);
    const calls = [keys.call(once), keys.call(once)];
    await keys.runtime.advance(6000);
    await Promise.all(calls);
    expect(keys.key('K1').state).toBe('recovering');
  });

  it('prolongs a cooldown that runs', async () => {
    const keys = scriptKeys({ K1: [late, rateLimited(20_000)], K2: [ok] }, stepped);
    const calls = [keys.call(once), keys.call(once)];
    await keys.runtime.advance(6000);
    await Promise.all(calls);
    expect(keys.key('K1')).toMatchObject({ state: 'cooling', availableAtMs: 605_000 });
  });

  it('does not prolong a cooldown that began after the key had recovered', async () => {
    const keys = scriptKeys({ K1: [late, rateLimited(1000), ok, rateLimited(60_000)], K2: [ok] }, stepped);
    const calls = [keys.call(once), keys.call(once)];
    await keys.runtime.advance(2000);
    await keys.call(once);
    await keys.runtime.advance(1000);
    await keys.call(once);
    await keys.runtime.advance(5000);
    await Promise.all(calls);
    expect(keys.key('K1').availableAtMs).toBe(63_000);
  });

  it('does not count after a reset', async () => {
    const keys = scriptKeys({ K1: [late], K2: [ok] }, stepped);
    const call = keys.call(once);
    await keys.runtime.advance(1);
    keys.manager.reset('K1');
    await keys.runtime.advance(6000);
    await call;
    expect(keys.key('K1').state).toBe('healthy');
  });
});
