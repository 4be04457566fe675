import {
  ApiKeyFallbackError,
  ApiKeyManager,
  currentAttempt,
  customProvider,
  type Attempt,
} from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { FakeRuntime } from '../fake-runtime.ts';
import { renderings } from './renderings.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

const secret = 'sk-recognisable-0123456789';

function managerOf(name: string, keys = [secret, 'another-key-0123456789']): ApiKeyManager {
  return new ApiKeyManager({ ...scriptedAdapter, name }, keys, { logger: false, runtime: new FakeRuntime() });
}

describe('currentAttempt()', () => {
  it('returns the attempt that the function receives, also after an await', async () => {
    await managerOf('outer').retryWithFallback(async (_key, attempt) => {
      expect(currentAttempt()).toBe(attempt);
      await Promise.resolve();
      expect(currentAttempt()).toBe(attempt);
    });
  });

  it('has no outer attempt in a timer that outlives the attempt that started it', async () => {
    const manager = managerOf('late');
    const { promise, resolve } = Promise.withResolvers<Attempt>();
    await manager.retryWithFallback(() => {
      setImmediate(() => void manager.retryWithFallback((_key, attempt) => resolve(attempt)));
    });
    const attempt = await promise;
    expect(attempt.outer).toBeUndefined();
    expect(Object.keys(attempt)).not.toContain('outer');
  });

  it('returns the key, its id and the attempt number', async () => {
    const manager = managerOf('outer');
    const attempts: Attempt[] = [];
    const call = manager.retryWithFallback(
      (apiKey) => {
        const attempt = currentAttempt();
        attempts.push(attempt);
        expect(attempt.apiKey).toBe(apiKey);
        expect(attempt.injected).toBe(apiKey);
        throw new Error('down');
      },
      { maxRetries: 2 },
    );
    await expect(call).rejects.toThrow('All 2 keys');
    const [first, second] = manager.status().keys.map(({ keyId }) => keyId);
    expect(attempts.map(({ provider, keyId, attemptNumber }) => [provider, keyId, attemptNumber])).toEqual([
      ['outer', first, 1],
      ['outer', first, 2],
      ['outer', second, 1],
      ['outer', second, 2],
    ]);
  });

  it('returns the innermost attempt, or the innermost of a provider', async () => {
    const [outer, inner] = [managerOf('outer'), managerOf('inner')];
    await outer.retryWithFallback((_outerKey, outerAttempt) =>
      inner.retryWithFallback((_innerKey, innerAttempt) => {
        expect(currentAttempt()).toBe(innerAttempt);
        expect(currentAttempt(customProvider('inner'))).toBe(innerAttempt);
        expect(currentAttempt(customProvider('outer'))).toBe(outerAttempt);
        expect(innerAttempt.outer).toBe(outerAttempt);
        expect(() => currentAttempt(customProvider('third'))).toThrow(/third/);
      }),
    );
  });

  it('throws outside of a call', async () => {
    await managerOf('outer').retryWithFallback(() => 'done');
    expect(() => currentAttempt()).toThrow(ApiKeyFallbackError);
    expect(() => currentAttempt()).toThrow(expect.objectContaining({ code: 'NO_CURRENT_ATTEMPT' }));
  });

  it('keeps concurrent calls apart', async () => {
    const manager = managerOf('outer');
    const call = () =>
      manager.retryWithFallback(async (_key, attempt) => {
        await new Promise((resolve) => setImmediate(resolve));
        return currentAttempt() === attempt;
      });
    await expect(Promise.all([call(), call(), call()])).resolves.toEqual([true, true, true]);
  });
});

describe('an attempt', () => {
  it("has the caller's signal, or one that never aborts", async () => {
    const { signal } = new AbortController();
    await managerOf('outer').retryWithFallback((_key, attempt) => expect(attempt.signal).toBe(signal), { signal });
    await managerOf('outer').retryWithFallback((_key, attempt) => {
      expect(attempt.signal).toBeInstanceOf(AbortSignal);
      expect(attempt.signal.aborted).toBe(false);
      expect(attempt.signal).toBe(attempt.signal);
    });
  });

  it('does not show its key when it is printed', async () => {
    await managerOf('outer').retryWithFallback((_key, attempt) => {
      for (const text of renderings(attempt)) expect(text).not.toContain('recognisable');
    });
  });

  it('cannot be changed by the method', async () => {
    const manager = managerOf('frozen', [secret]);
    let calls = 0;
    const call = manager.retryWithFallback(
      (_key, attempt) => {
        calls++;
        Reflect.set(attempt, 'attemptNumber', 0);
        Reflect.defineProperty(attempt, 'hasEnded', { value: true });
        expect(attempt.attemptNumber).toBe(calls);
        throw new Error('down');
      },
      { maxRetries: 2, delay: 0 },
    );
    await expect(call).rejects.toMatchObject({ code: 'ALL_KEYS_FAILED' });
    expect(calls).toBe(2);
  });
});
