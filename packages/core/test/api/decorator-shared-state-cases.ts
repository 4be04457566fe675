import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  AllKeysFailedError,
  injectKeys,
  INJECTED,
  retryWithApiKeyFallback,
  type ApiClient,
  type ApiKey,
} from '../../src/index.ts';
import { acmeAdapter, AcmeClient, acmeKeys, transient, useAllProviders, useProvider } from './decorator-providers.ts';
import { nestedLoop, watchWarnings } from '../watch-warnings.ts';

const [first] = acmeKeys;

class Service {
  readonly received: unknown[][] = [];

  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 0 })
  async key(apiKey: ApiKey<'acme'>, ...values: unknown[]): Promise<string> {
    this.received.push([apiKey, ...values]);
    return 'key';
  }

  @retryWithApiKeyFallback({ provider: 'acme', inject: 'client', maxRetries: 2, delay: 0 })
  async client(client: ApiClient<'acme'>, ...values: unknown[]): Promise<string> {
    this.received.push([client, ...values]);
    return 'client';
  }

  @retryWithApiKeyFallback({ provider: 'acme' })
  async rotateThenKey(apiKey: ApiKey<'acme'>): Promise<string> {
    useProvider(acmeAdapter, ['acme-key-new-00004']);
    return this.key(apiKey, 'hello');
  }

  @retryWithApiKeyFallback({ provider: 'acme', inject: 'client' })
  async rotateThenClient(client: ApiClient<'acme'>): Promise<string> {
    useProvider(acmeAdapter, ['acme-key-new-00004']);
    return this.client(client, 'hello');
  }

  @retryWithApiKeyFallback({ provider: 'acme' })
  async rotateThenNothing(_apiKey: ApiKey<'acme'>): Promise<string> {
    useProvider(acmeAdapter, ['acme-key-new-00004']);
    return injectKeys(this as Service).client();
  }
}

export function describeSharedState(): void {
  describe('a manager that is replaced during an attempt', () => {
    beforeEach(useAllProviders);

    it('does not prevent a method from passing its key on', async () => {
      const service = new Service();
      await expect(service.rotateThenKey(INJECTED)).resolves.toBe('key');
      expect(service.received).toEqual([[first, 'hello']]);
    });

    it('does not prevent a method from passing its client on', async () => {
      const service = new Service();
      await expect(service.rotateThenClient(INJECTED)).resolves.toBe('client');
      expect(service.received).toEqual([[expect.objectContaining({ token: first }), 'hello']]);
    });

    it('injects its own client into a method that is called without arguments', async () => {
      const emitWarning = watchWarnings();
      const service = new Service();
      await expect(service.rotateThenNothing(INJECTED)).resolves.toBe('client');
      expect(service.received).toEqual([[new AcmeClient('acme-key-new-00004')]]);
      expect(emitWarning.mock.calls).toEqual([nestedLoop('acme in client()')]);
    });
  });

  describe('two copies of this package in one process', () => {
    beforeEach(useAllProviders);

    it('share keys, join each other’s attempts, and recognise each other’s placeholder and errors', async () => {
      vi.resetModules();
      const copy = await import('../../src/index.ts');
      expect(copy.retryWithApiKeyFallback).not.toBe(retryWithApiKeyFallback);
      expect(copy.INJECTED).toBe(INJECTED);

      const calls: unknown[][] = [];
      class OtherService {
        @copy.retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 0 })
        async leaf(apiKey: ApiKey<'acme'>): Promise<string> {
          const { provider, apiKey: current } = copy.currentAttempt();
          calls.push([provider, apiKey, current]);
          throw transient();
        }
      }
      class OwnService {
        @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 0 })
        async chat(apiKey: ApiKey<'acme'>): Promise<string> {
          return new OtherService().leaf(apiKey);
        }
      }
      await expect(new OwnService().chat(INJECTED)).rejects.toSatisfy(copy.AllKeysFailedError.isInstance);
      expect(calls).toEqual(acmeKeys.flatMap((key) => Array.from({ length: 2 }, () => ['acme', key, key])));
      await expect(new OtherService().leaf(INJECTED)).rejects.toSatisfy(AllKeysFailedError.isInstance);
      await expect(new OtherService().leaf(first as ApiKey<'acme'>)).rejects.toThrow(TypeError);
    });
  });
}
