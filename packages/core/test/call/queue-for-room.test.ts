import { registry, wrapWithFallback, type FallbackOptions } from '@api-key-fallback/core';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeRuntime, settle } from '../fake-runtime.ts';
import { limited, rejection } from '../limits/limited-keys.ts';
import { ok, scriptKeys, transient, type Outcome } from '../scripted-keys.ts';
import { numbersFrom } from '../seeded-numbers.ts';

const wait = { onExhausted: 'wait', maxWait: 3_600_000 } as const;

afterEach(() => {
  for (const name of registry.list()) registry.unregister(name);
});

describe('the queue for room', () => {
  it('lets no smaller call pass after a minute', async () => {
    const keys = scriptKeys({ K1: [ok] }, { stepped: true, limits: { tokensPerMinute: 100 } });
    await keys.call({ cost: { tokens: 50 } });
    const order: string[] = [];
    const waitFor = (name: string, tokens: number) =>
      keys.call({ cost: { tokens }, onExhausted: 'wait', maxWait: 300_000 }).then(() => order.push(name));
    const waiting = [waitFor('large', 80), waitFor('small', 10)];
    await keys.runtime.advance(61_500);
    await Promise.all(waiting);
    expect(order).toEqual(['large', 'small']);
  });

  it('is not joined again and again by a call that has failed on its only key', async () => {
    const failing: Outcome = async (_key, runtime) => {
      await runtime.pass(19_500);
      return transient('K1', runtime);
    };
    const keys = scriptKeys({ K1: [failing] }, { stepped: true, limits: { requestsPerMinute: 3 } });
    const call = rejection(keys.call({ onExhausted: 'wait', maxWait: 600_000 }));
    await keys.runtime.advance(200_000);
    expect(await call).toMatchObject({ code: 'ALL_KEYS_FAILED' });
    expect(keys.calls).toHaveLength(3);
  });

  it('does not hold up a call that another key can serve by one that is pinned to a full key', async () => {
    const runtime = new FakeRuntime({ stepped: true });
    const keys = limited({ concurrency: 1 }, ['K1', 'K2'], { runtime });
    const [first] = keys.manager.status().keys;
    const pinned = { ...wait, key: first?.keyId ?? '' };
    const long = keys.manager.retryWithFallback(() => runtime.pass(1000), pinned);
    const waiting = keys.call(pinned);
    await settle();
    await expect(keys.call(wait)).resolves.toBe('K2');
    await runtime.advance(1000);
    await long;
    await expect(waiting).resolves.toBe('K1');
  });

  it('gives a free place to the calls that wait for it, whatever they need, before one that comes', async () => {
    const runtime = new FakeRuntime({ stepped: true });
    const keys = limited({ concurrency: 1 }, ['K1'], { runtime });
    const [first] = keys.manager.status().keys;
    const begun: string[] = [];
    const call = (name: string, options: FallbackOptions) =>
      keys.manager.retryWithFallback(async () => {
        begun.push(name);
        await runtime.pass(10);
      }, options);
    let end = () => {};
    const long = keys.manager.retryWithFallback(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    const pinned = call('pinned', { ...wait, key: first?.keyId ?? '' });
    await settle();
    // The place is free for as long as it takes to wake the call that waits for it.
    const late = long.then(() => call('late', wait));
    end();
    await runtime.advance(100);
    await Promise.all([pinned, late]);
    expect(begun).toEqual(['pinned', 'late']);
  });

  it('lets a retry neither pass the calls that wait, nor be passed by those that come', async () => {
    const runtime = new FakeRuntime({ stepped: true });
    const { manager } = limited({ requestsPerMinute: 2 }, ['K1'], { runtime });
    const begun: string[] = [];
    const call = (name: string, outcome: Outcome = ok) => {
      const method = async (key: string) => {
        begun.push(name);
        return outcome(key, runtime);
      };
      return manager.retryWithFallback(method, { ...wait, delay: 61_000 });
    };
    let failures = 1;
    const failing = call('retried', (key) => (failures-- > 0 ? transient(key, runtime) : key));
    // Its pause starts, and ends, before the wait of the others.
    await settle();
    const others = ['A', 'B', 'C'].map((name) => call(name));
    await runtime.advance(61_000);
    expect(begun).toEqual(['retried', 'A', 'B', 'C']);
    const late = ['D', 'E'].map((name) => call(name));
    await runtime.advance(61_000);
    expect(begun.slice(4)).toEqual(['retried', 'D']);
    await runtime.advance(61_000);
    await Promise.all([failing, ...others, ...late]);
  });

  it('starts one timer for all', async () => {
    const runtime = new FakeRuntime({ stepped: true });
    const keys = limited({ requestsPerMinute: 1 }, ['K1'], { runtime });
    const stop = new AbortController();
    const calls = Array.from({ length: 50 }, () => rejection(keys.call({ ...wait, signal: stop.signal })));
    await runtime.advance(10);
    expect(runtime.asleep).toBe(1);
    await runtime.advance(61_000 * 20);
    expect(keys.calls).toHaveLength(21);
    expect(keys.sleeps.length).toBeLessThan(3 * 21);
    stop.abort();
    await Promise.all(calls);
    expect(runtime.asleep).toBe(0);
  });

  it('wakes the next call when the first one leaves', async () => {
    const runtime = new FakeRuntime({ stepped: true });
    const keys = limited({ tokensPerMinute: 100 }, ['K1'], { runtime });
    await keys.call({ cost: { tokens: 50 } });
    const stop = new AbortController();
    const large = rejection(keys.call({ ...wait, cost: { tokens: 80 }, signal: stop.signal }));
    const small = keys.call({ ...wait, cost: { tokens: 10 } });
    await runtime.advance(5000);
    expect(keys.calls).toHaveLength(1);
    stop.abort(new Error('left'));
    await expect(small).resolves.toBe('K1');
    expect([runtime.now(), String(await large)]).toEqual([5000, 'Error: left']);
  });
});

const perMinute = 4;
const inBucket = 2;
const atOnce = 2;
const names = ['K1', 'K2', 'K3'];

/** One call of the property, and what became of it. */
interface Played {
  readonly needs: string;
  readonly bucket: string | undefined;
  readonly only: string | undefined;
  begunAtMs?: number;
  key?: string;
  isRunning: boolean;
  hasEnded: boolean;
}

/** Plays calls that come, wait, stream, are aborted and time out at random, and checks the queue after each step. */
async function play(seed: number): Promise<void> {
  const random = numbersFrom(seed);
  const below = (most: number) => Math.floor(random() * most);
  const runtime = new FakeRuntime({ stepped: true });
  const limits = {
    requestsPerMinute: perMinute,
    concurrency: atOnce,
    buckets: { b: { requestsPerMinute: inBucket } },
  };
  const { manager } = limited(limits, names, { runtime });
  registry.register(manager, { replace: true });
  const ids = manager.status().keys.map(({ keyId }) => keyId);
  const played: Played[] = [];

  function start(): Promise<unknown> {
    const bucket = random() < 0.3 ? 'b' : undefined;
    const only = random() < 0.3 ? names[below(names.length)] : undefined;
    const stop = new AbortController();
    const call: Played = {
      needs: `${bucket} ${only}`,
      bucket,
      only,
      isRunning: false,
      hasEnded: false,
    };
    played.push(call);
    const options: FallbackOptions = {
      ...wait,
      signal: stop.signal,
      ...(bucket ? { operation: bucket } : {}),
      ...(only ? { key: ids[names.indexOf(only)] ?? '' } : {}),
      ...(random() < 0.15 ? { deadline: 1 + below(60_000) } : {}),
    };
    if (random() < 0.15) void runtime.pass(below(60_000)).then(() => stop.abort(new Error('left')));
    const duration = below(5000);
    const begin = (apiKey: string) => {
      Object.assign(call, { begunAtMs: runtime.now(), key: apiKey, isRunning: true });
    };
    const end = () => {
      call.hasEnded = true;
      call.isRunning = false;
    };
    if (random() < 0.3) {
      const stream = wrapWithFallback(
        async function* read(apiKey: string) {
          begin(apiKey);
          try {
            yield 1;
            await runtime.pass(duration);
            yield 2;
          } finally {
            call.isRunning = false;
          }
        },
        { provider: 'scripted' as never, ...options },
      );
      const read = async () => {
        for await (const chunk of stream()) if (chunk === 1 && random() < 0.2) break;
      };
      return read().then(end, end);
    }
    const method = async (apiKey: string) => {
      begin(apiKey);
      await runtime.pass(duration);
      call.isRunning = false;
    };
    return manager.retryWithFallback(method, options).then(end, end);
  }

  const count = (test: (call: Played) => boolean) => played.filter(test).length;
  const countsNow = ({ begunAtMs }: Played) =>
    begunAtMs !== undefined && Math.floor(runtime.now() / 1000) - Math.floor(begunAtMs / 1000) < 61;
  const hasRoom = (key: string, bucket: string | undefined) =>
    count((call) => call.key === key && countsNow(call)) < perMinute &&
    count((call) => call.key === key && call.isRunning && !call.hasEnded) < atOnce &&
    (!bucket || count((call) => call.key === key && call.bucket === bucket && countsNow(call)) < inBucket);

  function check(): void {
    const waiting = played.filter((call) => call.begunAtMs === undefined && !call.hasEnded);
    for (const needs of new Set(waiting.map((call) => call.needs))) {
      const first = waiting.find((call) => call.needs === needs);
      const keys = first?.only ? [first.only] : names;
      expect(keys.filter((key) => hasRoom(key, first?.bucket))).toEqual([]);
    }
    for (const key of names) {
      const inMinute = ({ begunAtMs = -Infinity }: Played) => begunAtMs > runtime.now() - 60_000;
      expect(count((call) => call.key === key && inMinute(call))).toBeLessThanOrEqual(perMinute);
    }
  }

  const all: Promise<unknown>[] = [];
  for (let step = 0; step < 40; step++) {
    for (let many = below(3); many > 0; many--) all.push(start());
    await runtime.advance(below(4000));
    check();
  }
  for (let second = 0; second < 900 && played.some(({ hasEnded }) => !hasEnded); second++) {
    await runtime.advance(1000);
    if (second % 5 === 0) check();
  }
  await Promise.all(all);
  for (const needs of new Set(played.map((call) => call.needs))) {
    const order = played.filter((call) => call.needs === needs && call.begunAtMs !== undefined);
    // Of those that begin at the same time a stream asks a few promises later for its first chunk.
    expect(order.toSorted((a, b) => (a.begunAtMs ?? 0) - (b.begunAtMs ?? 0))).toEqual(order);
  }
  for (const [index, status] of manager.status().keys.entries()) {
    const uses = Object.fromEntries((status.limits ?? []).map(({ name, bucket, used }) => [bucket ?? name, used]));
    const begunOn = (call: Played) => call.key === names[index] && countsNow(call);
    expect(uses).toEqual({
      requestsPerMinute: count(begunOn),
      concurrency: 0,
      b: count((call) => call.bucket === 'b' && begunOn(call)),
    });
  }
  expect(runtime.sleeps.length).toBeLessThan(20 * played.length);
}

it('keeps limits and the order of calls, whatever they do', async () => {
  for (let seed = 1; seed <= 40; seed++) await expect(play(seed)).resolves.toBeUndefined();
});
