import { getEventListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ApiKeyManager } from '@api-key-fallback/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { outcomeNow, settle } from '../fake-runtime.ts';
import { recordEvents } from '../events/record-events.ts';
import { callerError, hangs, ok, scriptedAdapter, scriptKeys, transient, takes } from '../scripted-keys.ts';

const reason = new Error('enough');

function untouched(manager: ApiKeyManager): void {
  for (const { state, usage } of manager.status().keys) {
    expect(state).toBe('healthy');
    expect(Object.values(usage.failures)).toEqual([0, 0, 0, 0, 0]);
    expect(usage.inUse).toBe(0);
  }
}

afterEach(() => void vi.useRealTimers());

describe('a signal that is aborted already', () => {
  it('rejects with its reason before anything is tried', async () => {
    const { call, calls, manager } = scriptKeys({ K1: [ok] });
    const events = recordEvents(manager, ['key.selected', 'attempt.started', 'attempt.failed']);
    await expect(call({ signal: AbortSignal.abort(reason) }).catch((error: unknown) => error)).resolves.toBe(reason);
    expect(calls).toEqual([]);
    expect(events).toEqual([]);
    untouched(manager);
  });
});

describe('an abort during an attempt', () => {
  it('rejects at once with the reason, also when the method never ends', async () => {
    const { call, calls, manager } = scriptKeys({ K1: [hangs], K2: [ok] });
    const events = recordEvents(manager, ['attempt.failed', 'key.suspected', 'key.cooled-down', 'key.disabled']);
    const controller = new AbortController();
    const running = call({ signal: controller.signal });
    await settle();
    controller.abort(reason);
    await expect(outcomeNow(running)).resolves.toEqual({ error: reason });
    expect(calls).toEqual(['K1']);
    expect(events).toEqual([]);
    untouched(manager);
  });

  it.each([
    ['fails by itself', transient],
    ['fails by a caller error', callerError],
    ['succeeds', ok],
  ])('wins over a method that %s afterwards', async (_name, outcome) => {
    const { call, calls, runtime, manager } = scriptKeys({ K1: [takes(10, outcome)], K2: [ok] }, { stepped: true });
    const controller = new AbortController();
    const thrown = call({ signal: controller.signal }).catch((error: unknown) => error);
    await runtime.advance(5);
    controller.abort(reason);
    await runtime.advance(100);
    await expect(thrown).resolves.toBe(reason);
    expect(calls).toEqual(['K1']);
    untouched(manager);
  });

  it('wins over what the aborted client throws', async () => {
    const { manager } = scriptKeys({ K1: [ok], K2: [ok] });
    const controller = new AbortController();
    let attempts = 0;
    const running = manager.retryWithFallback(
      (_key, { signal }) => {
        attempts++;
        return new Promise<void>((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('Request was aborted.')), { once: true });
        });
      },
      { signal: controller.signal },
    );
    await settle();
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(attempts).toBe(1);
    untouched(manager);
  });
});

describe('an abort between two attempts', () => {
  it.each([1, 2])('makes no further attempt (%d on each key)', async (maxRetries) => {
    const { call, calls, manager } = scriptKeys({ K1: [transient], K2: [ok] });
    const controller = new AbortController();
    manager.on('attempt.failed', () => controller.abort(reason));
    await expect(call({ maxRetries, signal: controller.signal }).catch((error: unknown) => error)).resolves.toBe(
      reason,
    );
    expect(calls).toEqual(['K1']);
  });
});

describe('an abort during a pause', () => {
  it('rejects at once with the reason and leaves neither timer nor listener', async () => {
    const manager = new ApiKeyManager(scriptedAdapter, ['K1', 'K2'], { logger: false });
    const controller = new AbortController();
    // Only those of this test: the runner has timers of its own, which come and go.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let attempts = 0;
    const running = manager.retryWithFallback(
      () => {
        attempts++;
        throw new Error('down');
      },
      { delay: 600_000, signal: controller.signal },
    );
    await nextTurn();
    expect(vi.getTimerCount()).toBe(1);
    controller.abort(reason);
    await expect(outcomeNow(running)).resolves.toEqual({ error: reason });
    expect(attempts).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    expect(manager.getFailedKeys()).toEqual([]);
  });
});

describe('a signal that lives long', () => {
  it('keeps no listener of the calls that ended', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const manager = new ApiKeyManager(scriptedAdapter, ['K1', 'K2'], { logger: false, retryBudget: false });
    const { signal } = new AbortController();
    for (let number = 0; number < 5; number++) {
      let attempts = 0;
      const running = manager.retryWithFallback(
        () => {
          if (++attempts < 3) throw new Error('down');
          return attempts;
        },
        { delay: 50, signal },
      );
      await vi.advanceTimersByTimeAsync(100);
      await expect(running).resolves.toBe(3);
    }
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
