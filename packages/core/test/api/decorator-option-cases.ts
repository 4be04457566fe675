import { beforeEach, describe, expect, it } from 'vitest';
import {
  InvalidOptionsError,
  injectKeys,
  RETRY_METADATA,
  retryWithApiKeyFallback,
  type ApiKey,
  type RetryOptions,
} from '../../src/index.ts';
import { time, transient, useAllProviders } from './decorator-providers.ts';

const wrongOptions: Record<string, readonly unknown[]> = {
  maxRetries: [0, -1, Number.NaN, 1.5, '3', null, Number.POSITIVE_INFINITY, 2n],
  delay: [-1, Number.NaN, Number.POSITIVE_INFINITY, '100', null],
  maxDelay: [-1, Number.NaN, Number.POSITIVE_INFINITY, '100', null],
  backoff: ['linear', '', null, true],
  inject: ['token', '', null, true],
  signal: [null, {}, 'abort', new AbortController()],
  provider: [null, '', 42, {}, Symbol('acme'), 10n],
};

function decorateWith(options: unknown): void {
  // @ts-expect-error JavaScript callers can pass what the compiler rejects
  retryWithApiKeyFallback(options);
}

function failureOf(decorate: () => void): InvalidOptionsError {
  try {
    decorate();
  } catch (error) {
    if (InvalidOptionsError.isInstance(error)) return error;
    throw error;
  }
  return expect.fail('the options were accepted');
}

export function describeOptions(): void {
  describe('options', () => {
    beforeEach(useAllProviders);

    describe.each(Object.entries(wrongOptions))('%s', (name, values) => {
      it.each(values.map((value) => [value]))('cannot be %o, and decorating throws', (value) => {
        const error = failureOf(() => decorateWith({ provider: 'acme', [name]: value }));
        expect(error.code).toBe('INVALID_OPTIONS');
        expect(error.message).toContain(name);
      });
    });

    it.each([
      ['maxRetries', 1.5, '1.5'],
      ['maxRetries', Number.NaN, 'NaN'],
      ['delay', -1, '-1'],
      ['delay', '100', '100'],
      ['backoff', 'linear', 'linear'],
      ['inject', 'token', 'token'],
      ['provider', 42, '42'],
    ])('shows the value of an invalid %s: %o', (name, value, shown) => {
      expect(failureOf(() => decorateWith({ provider: 'acme', [name]: value })).message).toContain(shown);
    });

    it.each([null, 'acme', 3])('must be an object, not %o', (options) => {
      expect(failureOf(() => decorateWith(options)).message).toMatch(/options|provider/);
    });

    it.each([
      { maxRetries: 1, delay: 0 },
      { maxRetries: 100, delay: 0.5, backoff: 'fixed' as const },
      { backoff: 'exponential' as const, maxDelay: 0 },
      { signal: new AbortController().signal, operation: 'search' },
    ])('can be %o', (options) => {
      expect(() => retryWithApiKeyFallback({ provider: 'acme', ...options })).not.toThrow();
    });

    it('are not modified, and can be shared and frozen', async () => {
      const shared = Object.freeze({ provider: 'acme', maxRetries: 2, delay: 7 } as const);
      class Service {
        readonly calls: string[] = [];

        @retryWithApiKeyFallback(shared)
        async one(_apiKey: ApiKey<'acme'>): Promise<string> {
          this.calls.push('one');
          if (this.calls.length === 1) throw transient();
          return 'one';
        }

        @retryWithApiKeyFallback(shared)
        async two(_apiKey: ApiKey<'acme'>): Promise<string> {
          this.calls.push('two');
          return 'two';
        }
      }
      const service = injectKeys(new Service());
      await expect(service.one()).resolves.toBe('one');
      await expect(service.two()).resolves.toBe('two');
      expect(service.calls).toEqual(['one', 'one', 'two']);
      expect(time.pauses).toEqual([7]);
      expect(shared).toEqual({ provider: 'acme', maxRetries: 2, delay: 7 });
    });

    it('can share one decorator between methods', async () => {
      const withAcme = retryWithApiKeyFallback({ provider: 'acme', maxRetries: 1 });
      class Service {
        @withAcme
        async one(_apiKey: ApiKey<'acme'>): Promise<string> {
          return 'one';
        }

        @withAcme
        async two(_apiKey: ApiKey<'acme'>): Promise<string> {
          return 'two';
        }
      }
      const service = injectKeys(new Service());
      await expect(Promise.all([service.one(), service.two()])).resolves.toEqual(['one', 'two']);
    });

    it('have defaults: three attempts per key, one second apart', async () => {
      class Service {
        calls = 0;

        @retryWithApiKeyFallback({ provider: 'acme' })
        async run(_apiKey: ApiKey<'acme'>): Promise<number> {
          this.calls++;
          if (this.calls < 4) throw transient();
          return this.calls;
        }
      }
      await expect(injectKeys(new Service()).run()).resolves.toBe(4);
      expect(time.pauses).toEqual([1000, 1000]);
    });

    it('are visible to other decorators on the method', () => {
      const options = { provider: 'acme', maxRetries: 5, delay: 20 } satisfies RetryOptions;
      class Service {
        @retryWithApiKeyFallback(options)
        async run(_apiKey: ApiKey<'acme'>): Promise<void> {}
      }
      expect(Reflect.getMetadata(RETRY_METADATA, Service.prototype.run)).toMatchObject({ ...options, inject: 'key' });
      expect(RETRY_METADATA).toBe(Symbol.for('@api-key-fallback/core/retry'));
    });
  });
}
