import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it } from 'vitest';
import { AllKeysFailedError, injectKeys, INJECTED, retryWithApiKeyFallback, type ApiKey } from '../../src/index.ts';
import { acmeAdapter, acmeKeys, useAllProviders, useProvider } from './decorator-providers.ts';

/** Returns or throws the value it was constructed with, and counts its calls. */
class Returning {
  calls = 0;
  readonly outcome: unknown;

  constructor(outcome: unknown) {
    this.outcome = outcome;
  }

  // @ts-expect-error JavaScript callers can decorate a synchronous method
  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 10 })
  sync(_apiKey: ApiKey<'acme'>): unknown {
    this.calls++;
    return this.outcome;
  }

  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 10 })
  async later(_apiKey: ApiKey<'acme'>): Promise<unknown> {
    this.calls++;
    return this.outcome;
  }

  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 10 })
  foreignPromise(_apiKey: ApiKey<'acme'>): PromiseLike<unknown> {
    this.calls++;
    return runInNewContext('Promise.resolve(value)', { value: this.outcome }) as PromiseLike<unknown>;
  }

  // @ts-expect-error the method is not async
  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 10 })
  throwSync(_apiKey: ApiKey<'acme'>): never {
    this.calls++;
    throw this.outcome;
  }
}

class Chain {
  readonly steps: string[] = [];

  @retryWithApiKeyFallback({ provider: 'acme' })
  async step(_apiKey: ApiKey<'acme'>, name: string): Promise<this> {
    this.steps.push(name);
    return this;
  }
}

class LongerChain extends Chain {
  last(): string | undefined {
    return this.steps.at(-1);
  }
}

/** A plain method that returns a vendor's stream. */
class IterableService {
  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 1 })
  iterable(apiKey: ApiKey<'acme'>): AsyncIterable<string> {
    return (async function* () {
      yield apiKey;
    })();
  }
}

export function describeResults(): void {
  describe('the result of the method', () => {
    beforeEach(useAllProviders);

    it.each([undefined, null, 0, '', false, Number.NaN])('treats %s as a success, sync and async', async (value) => {
      for (const name of ['sync', 'later', 'foreignPromise'] as const) {
        const service = injectKeys(new Returning(value));
        expect(await service[name]()).toBe(value);
        expect(service.calls).toBe(1);
      }
    });

    it('turns the value of a synchronous method into a promise', async () => {
      const result = injectKeys(new Returning(5)).sync();
      expect(result).toBeInstanceOf(Promise);
      await expect(result).resolves.toBe(5);
    });

    it('awaits a promise of another realm and returns a plain one', async () => {
      const result = injectKeys(new Returning('adopted')).foreignPromise();
      expect(result).toBeInstanceOf(Promise);
      await expect(result).resolves.toBe('adopted');
    });

    it('retries after a synchronous throw and rejects instead of throwing', async () => {
      useProvider(acmeAdapter, acmeKeys.slice(0, 1));
      const failure = new Error('x');
      const service = injectKeys(new Returning(failure));
      const result: unknown = service.throwSync();
      expect(result).toBeInstanceOf(Promise);
      await expect(result).rejects.toSatisfy(AllKeysFailedError.isInstance);
      await expect(result).rejects.toHaveProperty('cause', failure);
      expect(service.calls).toBe(2);
    });

    it.each(['s', null, undefined, 0, { code: 1 }])('settles when %o is thrown', async (thrown) => {
      useProvider(acmeAdapter, acmeKeys.slice(0, 1));
      const service = injectKeys(new Returning(thrown));
      const error: unknown = await Promise.resolve(service.throwSync()).catch((caught: unknown) => caught);
      expect(error).toSatisfy(AllKeysFailedError.isInstance);
      expect(error).toHaveProperty('cause');
      expect((error as AllKeysFailedError).cause).toBe(thrown);
      expect(service.calls).toBe(2);
    });
  });

  describe('methods that return this', () => {
    beforeEach(useAllProviders);

    it('return the same object, with the type of its class', async () => {
      const chain = new LongerChain();
      const after = await chain.step(INJECTED, 'one');
      expect(after).toBe(chain);
      expect(after.last()).toBe('one');
    });

    it('can be chained with INJECTED or injectKeys', async () => {
      const chain = await injectKeys(new LongerChain()).step('one');
      await chain.step(INJECTED, 'two');
      await injectKeys(chain).step('three');
      expect(chain.steps).toEqual(['one', 'two', 'three']);
    });
  });

  describe('methods that return an async iterable without being generators', () => {
    beforeEach(useAllProviders);

    it('reject with what to write instead', async () => {
      const result: unknown = injectKeys(new IterableService()).iterable();
      await expect(result).rejects.toThrow(
        'iterable() returns a stream: write "async *iterable", or "async iterable" for a promise of a stream.',
      );
    });
  });
}
