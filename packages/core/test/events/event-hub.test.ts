import { runInNewContext } from 'node:vm';
import { type VerdictKind } from '@api-key-fallback/core';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { settle } from '../fake-runtime.ts';
import { eventNames } from '../../src/events/event-names.ts';
import { recordEvents } from './record-events.ts';
import { invalidKey, ok, scriptKeys, transient, type Script } from '../scripted-keys.ts';

const outage: Script = { K1: [transient], K2: [transient] };

describe('a listener', () => {
  const scripts = {
    'a success': { K1: [ok], K2: [ok] },
    'a retry': { K1: [transient, ok], K2: [ok] },
    'a disabled key': { K1: [invalidKey()], K2: [ok] },
    'a recovery': { K1: [transient, transient, transient, ok], K2: [invalidKey()] },
    'an exhausted pool': outage,
  } satisfies Record<string, Script>;
  const faults = {
    throws: () => {
      throw new Error('listener');
    },
    rejects: () => Promise.reject(new Error('listener')),
    'rejects by a promise of another realm': () => runInNewContext('Promise.reject(new Error("listener"))') as unknown,
  };
  const cases = Object.entries(scripts).flatMap(([what, script]) =>
    Object.entries(faults).map(([how, fault]) => [how, what, script, fault] as const),
  );

  async function run(script: Script, listener?: () => unknown): Promise<unknown> {
    const { manager, call, calls, sleeps } = scriptKeys(script);
    if (listener) for (const name of eventNames) manager.on(name, listener);
    const outcomes: unknown[] = [];
    for (let number = 0; number < 2; number++) {
      outcomes.push(await call().catch((error: unknown) => String(error)));
    }
    return { outcomes, calls, sleeps };
  }

  it.each(cases)('that %s does not change %s', async (_how, _what, script, fault) => {
    const unhandled = vi.fn<() => void>();
    process.on('unhandledRejection', unhandled);
    const listener = vi.fn<() => unknown>(fault);
    const without = await run(script);
    await expect(run(script, listener)).resolves.toEqual(without);
    await settle();
    process.off('unhandledRejection', unhandled);
    expect(listener).toHaveBeenCalled();
    expect(unhandled).not.toHaveBeenCalled();
  });

  it('of * receives every event with its name, until it is removed', async () => {
    const { manager, call } = scriptKeys({ K1: [invalidKey()], K2: [ok] });
    const all: unknown[] = [];
    const stop = manager.on('*', (name, event) => all.push([name, event]));
    const byName = recordEvents(manager);
    await call();
    expect(byName.length).toBeGreaterThan(5);
    expect(all).toEqual(byName);
    stop();
    await call();
    expect(all.length).toBeLessThan(byName.length);
  });

  it('of * knows by the name which event it receives', () => {
    const { manager } = scriptKeys({ K1: [ok] });
    manager.on('*', (name, event) => {
      if (name === 'attempt.failed') expectTypeOf(event.verdict).toEqualTypeOf<VerdictKind>();
    });
    expect(manager.provider).toBe('scripted');
  });

  it('that is added twice is called twice, and removed one by one', async () => {
    const { manager, call } = scriptKeys({ K1: [ok] });
    const listener = vi.fn<() => void>();
    const stops = [manager.on('call.succeeded', listener), manager.on('call.succeeded', listener)];
    await call();
    expect(listener).toHaveBeenCalledTimes(2);
    stops[0]?.();
    await call();
    expect(listener).toHaveBeenCalledTimes(3);
  });

  it('that throws does not stop the other listeners', async () => {
    const { manager, call } = scriptKeys({ K1: [ok] });
    manager.on('call.succeeded', () => {
      throw new Error('listener');
    });
    const other = vi.fn<() => void>();
    manager.on('call.succeeded', other);
    await call();
    expect(other).toHaveBeenCalledTimes(1);
  });

  it('can start another call or remove itself', async () => {
    const { manager, call, calls } = scriptKeys({ K1: [ok] });
    const received: string[] = [];
    const inner: Promise<unknown>[] = [];
    const off = manager.on('call.succeeded', () => {
      received.push('first');
      off();
      inner.push(call());
    });
    await call();
    await Promise.all(inner);
    expect(received).toEqual(['first']);
    expect(calls).toEqual(['K1', 'K1']);
  });
});
