import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { AllKeysFailedError, ApiKeyManager, type FallbackOptions } from '@api-key-fallback/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { renderings } from '../base/renderings.ts';
import { FakeRuntime, settle } from '../fake-runtime.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

/** A stub as libraries for remote calls make them: any field and any result is another stub. */
function remoteStub(): unknown {
  return new Proxy(() => {}, {
    get: () => remoteStub(),
    apply: () => remoteStub(),
    construct: () => remoteStub() as object,
  });
}

/** A stub whose every call rejects, because the other side is gone. */
function rejectingStub(): unknown {
  return new Proxy(() => {}, { get: rejectingStub, apply: () => Promise.reject(new Error('closed')) });
}

function withGetter(name: string, get: () => unknown): Error {
  return Object.defineProperty(new Error('down'), name, { enumerable: true, configurable: true, get });
}

function* endless(): Generator<[string, string]> {
  for (let number = 0; ; number++) yield [`x-${number}`, 'value'];
}

function endlessObject(): object {
  return {
    get next() {
      return endlessObject();
    },
  };
}

class Item {
  readonly list: readonly unknown[];
  constructor(list: readonly unknown[]) {
    this.list = list;
  }
}

function itemsWithOneList(): unknown[] {
  const list: unknown[] = [];
  for (let number = 0; number < 1000; number++) list.push(new Item(list));
  return list;
}

const readFields = [
  'status',
  'code',
  'name',
  'message',
  'headers',
  'response',
  'body',
  'error',
  'cause',
  'errors',
  'stack',
  'config',
  'lastError',
  'originalError',
  'verdict',
  'provider',
  'data',
  'detail',
  'metadata',
  '$metadata',
];

const hostileErrors: Readonly<Record<string, () => unknown>> = {
  'a stub of remote calls': remoteStub,
  'an error with a stub': () => Object.assign(new Error('down'), { client: remoteStub(), response: remoteStub() }),
  'an endless chain of getters': () => Object.assign(new Error('down'), { next: endlessObject() }),
  'a thousand objects that share a list': () => Object.assign(new Error('down'), { items: itemsWithOneList() }),
  'endless headers': () => Object.assign(new Error('down'), { headers: endless() }),
  'a chain of causes that has no end': () => {
    const make = (): Error => withGetter('cause', make);
    return make();
  },
  'a revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable(new Error('x'), {});
    revoke();
    return proxy;
  },
  'ten megabytes of percent signs': () => new Error('%'.repeat(10_000_000)),
  'ten megabytes of percent-encoding': () => new Error('%41'.repeat(3_300_000)),
  'ten megabytes of backslashes': () => new Error('\\'.repeat(10_000_000)),
  'ten megabytes of white space': () => new Error(`${' '.repeat(10_000_000)}end`),
  'a token of six megabytes': () => new Error(`Bearer ${'aZ9_'.repeat(1_500_000)}`),
  'a JSON body of six megabytes': () => new Error(JSON.stringify({ error: { message: 'x'.repeat(6_000_000) } })),
  'JSON that is nested too deep': () => new Error(`${'{"error":'.repeat(100_000)}1`),
  'an object of a class with a deep body': () =>
    Object.assign(new Error('down'), { body: JSON.parse('['.repeat(5000) + ']'.repeat(5000)) }),
  'headers whose get() rejects': () =>
    Object.assign(new Error('down'), { status: 429, headers: { get: () => Promise.reject(new Error('broken')) } }),
  'metadata whose getMap() rejects': () =>
    Object.assign(new Error('down'), { metadata: { getMap: () => Promise.reject(new Error('broken')) } }),
  'a stub whose calls reject': rejectingStub,
  'a promise of another realm that rejects': () =>
    runInNewContext('Object.defineProperty(new Error("x"), "status", { get: () => Promise.reject(new Error("x")) })'),
  'a number of a million digits': () => 1n << 4_000_000n,
  'a symbol that is very long': () => Symbol('x'.repeat(10_000_000)),
  'a body with a hundred thousand fields': () =>
    Object.assign(new Error('down'), {
      body: Object.fromEntries(Array.from({ length: 1e5 }, (_, id) => [`f${id}`, id])),
    }),
  'a message that cannot be converted': () => ({
    message: {
      toString: () => {
        throw new Error('broken');
      },
    },
  }),
  'a symbol': () => Symbol('down'),
  'an object without a prototype': () => Object.create(null),
  ...Object.fromEntries(
    readFields.flatMap((name) => [
      [
        `a getter of "${name}" that throws`,
        () =>
          withGetter(name, () => {
            throw new Error('broken');
          }),
      ],
      [
        `an async getter of "${name}" that rejects`,
        () =>
          withGetter(name, async () => {
            throw new Error('broken');
          }),
      ],
      [`a getter of "${name}" that gives a stub`, () => withGetter(name, remoteStub)],
    ]),
  ),
};

let rejections: unknown[] = [];
/** Receives every log line, event and report of a failed attempt. */
const listener = vi.fn<(shown: unknown) => void>();
const onRejection = (error: unknown) => rejections.push(error);

beforeEach(() => {
  rejections = [];
  listener.mockClear();
  process.on('unhandledRejection', onRejection);
});
afterEach(() => {
  process.off('unhandledRejection', onRejection);
});

/** How a call ends whose every attempt fails so. The log, the events and the hook go to `listener`. */
async function rejectionOf(make: () => unknown, options: Pick<FallbackOptions, 'classifyError'>): Promise<unknown> {
  const logger = { debug: listener, info: listener, warn: listener, error: listener };
  const manager = new ApiKeyManager(scriptedAdapter, ['K1', 'K2'], { logger, runtime: new FakeRuntime() });
  manager.on('attempt.failed', listener);
  const call = manager.retryWithFallback(() => Promise.reject(make()), {
    maxRetries: 1,
    onFailedAttempt: listener,
    ...options,
  });
  return call.catch((error: unknown) => error);
}

async function unhandledRejections(): Promise<readonly unknown[]> {
  await settle();
  await new Promise(setImmediate);
  return rejections;
}

describe.each(Object.entries(hostileErrors))('%s', (_what, make) => {
  it('becomes an error that can be printed', async () => {
    const classifyError = () => ({ kind: 'transient', reason: 'down' }) as const;
    const error = await rejectionOf(make, { classifyError });
    expect(error).toBeInstanceOf(AllKeysFailedError);
    const { message, attempts, errors } = error as AllKeysFailedError;
    expect(message.length).toBeLessThan(1000);
    for (const shown of [error, attempts, errors, ...listener.mock.calls.flat()]) {
      const inspected = inspect(shown, { depth: 30, getters: true, showHidden: true });
      for (const text of [inspected, ...renderings(shown)]) expect(text.length).toBeLessThan(500_000);
    }
    await expect(unhandledRejections()).resolves.toEqual([]);
  });

  it('ends the call also without rules of the application', async () => {
    await rejectionOf(make, {});
    expect(listener).toHaveBeenCalled();
    await expect(unhandledRejections()).resolves.toEqual([]);
  });
});
