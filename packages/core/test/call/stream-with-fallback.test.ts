import {
  ApiKeyManager,
  currentAttempt,
  customProvider,
  registry,
  wrapWithFallback,
  type ApiKey,
} from '@api-key-fallback/core';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeRuntime, settle } from '../fake-runtime.ts';
import { fails, scriptedAdapter } from '../scripted-keys.ts';

const provider = customProvider('scripted');
type Key = ApiKey<typeof provider>;
let runtime: FakeRuntime;
let manager: ApiKeyManager;
let controller: AbortController;

beforeEach(() => {
  runtime = new FakeRuntime({ stepped: true });
  manager = new ApiKeyManager(scriptedAdapter, ['K1', 'K2'], { logger: false, runtime });
  registry.unregister(manager.provider);
  registry.register(manager);
  controller = new AbortController();
});
afterEach(() => registry.unregister(provider));

const never = () => new Promise<never>(() => {});
const revoked = () => fails({ kind: 'invalid-key', reason: 'scripted' })('', runtime);

describe('a stream that hangs in its cleaning up', () => {
  const stuck = () =>
    wrapWithFallback(
      async function* (_key: Key, _signal: AbortSignal) {
        try {
          yield 1;
        } finally {
          await never();
        }
      },
      { provider, idleTimeout: 50 },
    )(controller.signal);

  it('is ended by the idle timeout', async () => {
    const stream = stuck();
    await stream.next();
    const returned = stream.return(undefined);
    returned.catch(() => {});
    await runtime.advance(50);
    await expect(returned).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(manager.status().keys[0]).toMatchObject({ state: 'healthy', usage: { inUse: 0 } });
  });

  it('is ended by the caller’s abort', async () => {
    const stream = stuck();
    await stream.next();
    const thrown = stream.throw(new Error('mine'));
    thrown.catch(() => {});
    await settle();
    controller.abort(new Error('enough'));
    await expect(thrown).rejects.toThrow('enough');
    expect(manager.status().keys[0]?.usage.inUse).toBe(0);
  });
});

describe('return() after an abort', () => {
  it('waits for no cleaning up', async () => {
    const stream = wrapWithFallback(
      async function* (_key: Key, _signal: AbortSignal) {
        try {
          yield 1;
        } finally {
          await never();
        }
      },
      { provider },
    )(controller.signal);
    await stream.next();
    controller.abort(new Error('enough'));
    await expect(stream.return(undefined)).resolves.toEqual({ value: undefined, done: true });
    expect(manager.status().keys[0]).toMatchObject({ state: 'healthy', usage: { inUse: 0 } });
  });
});

describe('chunks that are asked for at once', () => {
  it('each have the idle time from their turn on', async () => {
    const stream = wrapWithFallback(
      async function* (_key: Key) {
        for (let at = 0; at < 5; at++) {
          await runtime.pass(60);
          yield at;
        }
      },
      { provider, idleTimeout: 100 },
    )();
    const steps = Promise.all(Array.from({ length: 5 }, () => stream.next()));
    await runtime.advance(300);
    expect((await steps).map(({ value }) => value)).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('throw()', () => {
  const stream = () =>
    wrapWithFallback(
      async function* (_key: Key, isResumed: boolean) {
        try {
          yield 1;
        } catch (error) {
          if (!isResumed) throw error;
        }
        revoked();
      },
      { provider },
    );

  it('blames the key for a failure of the provider after it', async () => {
    const resumed = stream()(true);
    await resumed.next();
    await expect(resumed.throw(new Error('mine'))).rejects.toThrow('scripted');
    expect(manager.status().keys[0]?.state).toBe('disabled');
  });

  it('blames no key for the error that was thrown in', async () => {
    const mine = new Error('mine');
    const passed = stream()(false);
    await passed.next();
    await expect(passed.throw(mine)).rejects.toBe(mine);
    expect(manager.status().keys[0]).toMatchObject({ state: 'healthy', usage: { inUse: 0 } });
  });
});

describe('an abort between two chunks', () => {
  it('runs the method no further, and lets it clean up inside its attempt', async () => {
    const seen: unknown[] = [];
    const stream = wrapWithFallback(
      async function* (_key: Key, _signal: AbortSignal) {
        try {
          yield 1;
          seen.push('ran on');
          yield 2;
        } finally {
          seen.push(currentAttempt().attemptNumber);
        }
      },
      { provider },
    )(controller.signal);
    await stream.next();
    controller.abort(new Error('enough'));
    await expect(stream.next()).rejects.toThrow('enough');
    await settle();
    expect(seen).toEqual([1]);
    expect(manager.status().keys[0]?.usage).toMatchObject({ inUse: 0, successes: 0 });
  });
});

describe('a form that cannot work', () => {
  it('is refused at once', async () => {
    const generator = async function* (_key: string) {
      yield 1;
    };
    const refused = { code: 'INVALID_OPTIONS' };
    await expect(async () => manager.retryWithFallback(generator)).rejects.toMatchObject(refused);
    await expect(async () => manager.retryWithFallback(() => 1, { idleTimeout: 5 })).rejects.toMatchObject(refused);
    // @ts-expect-error no provider
    expect(() => wrapWithFallback(async (_key: Key) => 1, {})).toThrow(/provider/);
    expect(() => wrapWithFallback(async (_key: Key) => 1, { provider, idleTimeout: 5 })).toThrow(/idleTimeout/);
    // @ts-expect-error no such event
    expect(() => manager.on('key.disable', () => {})).toThrow(/key\.disable/);
  });
});
