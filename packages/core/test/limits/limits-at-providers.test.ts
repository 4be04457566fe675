import { createKeyedFetch, customProvider, registry } from '@api-key-fallback/core';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeRuntime } from '../fake-runtime.ts';
import { limited } from './limited-keys.ts';

const perMinute = 60;
const minuteMs = 60_000;
const keys = ['K1', 'K2', 'K3', 'K4'];
const capacity = keys.length * perMinute;
/** Our window is as long: what begins at once can begin again after this time. Measured over whole ones, from the second one on. */
const roundMs = 61_000;
const rounds = 5;

/** How a provider counts the requests on one key. Returns whether it serves one at this time. */
type Window = () => (now: number) => boolean;

/** The minutes of a clock that differs from ours. */
const fixed: Window = () => {
  let minute = 0;
  let count = 0;
  return (now) => {
    const current = Math.floor((now + 17_300) / minuteMs);
    if (current !== minute) count = 0;
    minute = current;
    return ++count <= perMinute;
  };
};

const sliding: Window = () => {
  let served: number[] = [];
  return (now) => {
    served = served.filter((time) => time > now - minuteMs);
    return served.length < perMinute && served.push(now) > 0;
  };
};

/** A bucket that is full at the start and refills evenly. */
const refilling: Window = () => {
  let tokens = perMinute;
  let filledAtMs = 0;
  return (now) => {
    tokens = Math.min(perMinute, tokens + ((now - filledAtMs) * perMinute) / minuteMs);
    filledAtMs = now;
    if (tokens < 1) return false;
    tokens--;
    return true;
  };
};

const windows = { fixed, sliding, refilling };

interface Result {
  refused: number;
  /** The share of what the provider would have served meanwhile. */
  used: number;
  /** The longest time from a call's start to its response, in ms. */
  slowestMs: number;
}

/** Offers calls at an even rate to a provider that counts in this way. */
async function offer(window: Window, share: number): Promise<Result> {
  const runtime = new FakeRuntime({ stepped: true });
  const { manager } = limited({ requestsPerMinute: perMinute }, keys, { runtime });
  registry.register(manager);
  const counters = new Map(keys.map((key) => [`Bearer ${key}`, window()]));
  const result: Result = { refused: 0, used: 0, slowestMs: 0 };
  let served = 0;
  const provider: typeof fetch = async (input, init) => {
    const serves = counters.get(new Request(input, init).headers.get('authorization') ?? '');
    const isServed = serves?.(runtime.now()) === true;
    if (!isServed) result.refused++;
    else if (runtime.now() >= roundMs && runtime.now() < rounds * roundMs) served++;
    await runtime.pass(200);
    return new Response('{}', { status: isServed ? 200 : 429 });
  };
  const stop = new AbortController();
  const ask = createKeyedFetch({
    provider: customProvider('scripted'),
    fetch: provider,
    onExhausted: 'wait',
    maxWait: 10 * minuteMs,
  });
  const calls: Promise<void>[] = [];
  const gapMs = minuteMs / (capacity * share);
  for (let due = 0; due < rounds * roundMs; due += gapMs) {
    await runtime.advance(Math.max(0, Math.round(due) - runtime.now()));
    const startedAtMs = runtime.now();
    const call = ask('https://provider.example/v1/answers', { signal: stop.signal }).then(
      () => void (result.slowestMs = Math.max(result.slowestMs, runtime.now() - startedAtMs)),
      () => {},
    );
    calls.push(call);
  }
  await runtime.advance(1000);
  stop.abort();
  await Promise.all(calls);
  result.used = served / (capacity * (((rounds - 1) * roundMs) / minuteMs));
  return result;
}

afterEach(() => {
  for (const name of registry.list()) registry.unregister(name);
});

describe.each(['fixed', 'sliding', 'refilling'] as const)('a configured limit of a minute, at a %s window', (name) => {
  it('is refused nothing at 95 % of the capacity, and makes no call wait', async () => {
    const { refused, slowestMs } = await offer(windows[name], 0.95);
    expect([refused, slowestMs]).toEqual([0, 200]);
  });

  it('is refused nothing at 120 %, and uses at least 97 %', async () => {
    const { refused, used } = await offer(windows[name], 1.2);
    expect(refused).toBe(0);
    expect(used).toBeGreaterThan(0.97);
  });
});
