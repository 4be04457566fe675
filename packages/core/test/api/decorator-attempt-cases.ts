import { inspect } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  ApiKeyFallbackError,
  currentAttempt,
  injectKeys,
  INJECTED,
  registry,
  retryWithApiKeyFallback,
  type ApiClient,
  type ApiKey,
  type Attempt,
  type ProviderName,
} from '../../src/index.ts';
import { acmeKeys, betaKeys, time, transient, useAllProviders } from './decorator-providers.ts';

const [first, second] = acmeKeys;

function noAttempt(provider?: ProviderName): unknown {
  try {
    return currentAttempt(provider);
  } catch (error) {
    return error;
  }
}

class Service {
  readonly attempts: Attempt[] = [];
  readonly afterAwait: Attempt[] = [];

  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 0 })
  async retried(_apiKey: ApiKey<'acme'>, failures: number): Promise<string> {
    this.attempts.push(currentAttempt());
    await Promise.resolve();
    this.afterAwait.push(currentAttempt());
    if (this.attempts.length <= failures) throw transient();
    return 'done';
  }

  @retryWithApiKeyFallback({ provider: 'acme', inject: 'client' })
  async client(client: ApiClient<'acme'>): Promise<boolean> {
    const { injected, apiKey } = currentAttempt('acme');
    return injected === client && apiKey === client.token;
  }

  @retryWithApiKeyFallback({ provider: 'acme' })
  async nested(_apiKey: ApiKey<'acme'>): Promise<Attempt[]> {
    return [currentAttempt(), ...(await this.inBeta(INJECTED)), currentAttempt()];
  }

  @retryWithApiKeyFallback({ provider: 'beta' })
  async inBeta(_apiKey: ApiKey<'beta'>): Promise<Attempt[]> {
    return [currentAttempt(), currentAttempt('acme'), currentAttempt('beta')];
  }

  @retryWithApiKeyFallback({ provider: 'acme' })
  async readBetaAttempt(_apiKey: ApiKey<'acme'>): Promise<unknown> {
    return noAttempt('beta');
  }
}

class AbortableService {
  readonly calls: unknown[][] = [];

  @retryWithApiKeyFallback({ provider: 'acme', delay: 50 })
  async run(_apiKey: ApiKey<'acme'>, ...args: unknown[]): Promise<AbortSignal> {
    this.calls.push(args);
    if (args.includes('fail')) throw transient();
    return currentAttempt().signal;
  }

  @retryWithApiKeyFallback({ provider: 'acme' })
  async *stream(_apiKey: ApiKey<'acme'>, ...args: unknown[]): AsyncGenerator {
    this.calls.push(args);
    yield currentAttempt().signal;
  }
}

const waysToPassASignal = [
  ['as the last argument', (signal: AbortSignal) => signal],
  ['in an object that is the last argument', (signal: AbortSignal) => ({ signal, limit: 5 })],
] as const;

export function describeAttempts(): void {
  describe('currentAttempt()', () => {
    beforeEach(useAllProviders);

    it('returns the key and the number of each attempt', async () => {
      const service = injectKeys(new Service());
      await service.retried(3);
      const facts = service.attempts.map(({ provider, apiKey, injected, attemptNumber }) => [
        provider,
        apiKey,
        injected,
        attemptNumber,
      ]);
      expect(facts).toEqual([
        ['acme', first, first, 1],
        ['acme', first, first, 2],
        ['acme', second, second, 1],
        ['acme', second, second, 2],
      ]);
    });

    it('stays the same across an await', async () => {
      const service = injectKeys(new Service());
      await service.retried(3);
      expect(service.afterAwait).toHaveLength(4);
      for (const [index, attempt] of service.afterAwait.entries()) expect(attempt).toBe(service.attempts[index]);
    });

    it('identifies a key by an id that does not contain it', async () => {
      const service = injectKeys(new Service());
      await service.retried(2);
      const [one, two, three] = service.attempts.map(({ keyId }) => keyId);
      expect(one).toBe(two);
      expect(one).not.toBe(three);
      expect([one, three]).toEqual(
        registry
          .get('acme')
          .status()
          .keys.slice(0, 2)
          .map(({ keyId }) => keyId),
      );
      expect(`${one} ${three}`).not.toMatch(/acme-key/);
    });

    it('does not show the key when it is printed or serialised', async () => {
      const [outer, inner] = await injectKeys(new Service()).nested();
      const printed = [
        inspect(inner, { depth: 9 }),
        JSON.stringify(inner),
        inspect(outer, { showHidden: true }),
      ].join();
      for (const key of [...acmeKeys, ...betaKeys]) expect(printed).not.toContain(key);
      expect(printed).toContain('beta');
    });

    it('has a signal even if the caller passes none', async () => {
      const service = injectKeys(new Service());
      await service.retried(0);
      expect(service.attempts[0]?.signal).toBeInstanceOf(AbortSignal);
      expect(service.attempts[0]?.signal.aborted).toBe(false);
    });

    it('returns the client if a client is injected', async () => {
      await expect(injectKeys(new Service()).client()).resolves.toBe(true);
    });

    it('returns the innermost attempt, and the outer attempts by provider and as a chain', async () => {
      const [before, inner, outer, named, after] = await injectKeys(new Service()).nested();
      expect(inner).toMatchObject({ provider: 'beta', apiKey: betaKeys[0] });
      expect(named).toBe(inner);
      expect(outer).toBe(before);
      expect(after).toBe(before);
      expect(inner?.outer).toBe(before);
      expect(before?.outer).toBeUndefined();
    });

    it('throws outside of an attempt', async () => {
      await injectKeys(new Service()).retried(0);
      const error = noAttempt();
      expect(error).toSatisfy(ApiKeyFallbackError.isInstance);
      expect(error).toHaveProperty('code', 'NO_CURRENT_ATTEMPT');
    });

    it('throws when only another provider has an attempt', async () => {
      const error = await injectKeys(new Service()).readBetaAttempt();
      expect(error).toHaveProperty('code', 'NO_CURRENT_ATTEMPT');
      expect((error as Error).message).toContain('beta');
    });
  });

  describe('the AbortSignal of the caller', () => {
    const reason = new Error('the caller gave up');

    beforeEach(useAllProviders);

    describe.each(waysToPassASignal)('%s', (_way, wrap) => {
      it('prevents all attempts if it is already aborted', async () => {
        const service = injectKeys(new AbortableService());
        await expect(service.run('hello', wrap(AbortSignal.abort(reason)))).rejects.toBe(reason);
        expect(service.calls).toEqual([]);
      });

      it('prevents further attempts after an abort during a pause', async () => {
        const controller = new AbortController();
        time.onPause = () => controller.abort(reason);
        const service = injectKeys(new AbortableService());
        await expect(service.run('fail', wrap(controller.signal))).rejects.toBe(reason);
        expect(service.calls).toHaveLength(1);
        expect(registry.get('acme').getFailedKeys()).toEqual([]);
      });

      it('reaches the method as an argument and as the signal of the attempt', async () => {
        const controller = new AbortController();
        const argument = wrap(controller.signal);
        const service = injectKeys(new AbortableService());
        const signal = await service.run('hello', argument);
        expect(service.calls[0]?.[1]).toBe(argument);
        controller.abort(reason);
        expect(signal.aborted).toBe(true);
        expect(signal.reason).toBe(reason);
      });

      it('is found after INJECTED too', async () => {
        const service = new AbortableService();
        await expect(service.run(INJECTED, wrap(AbortSignal.abort(reason)))).rejects.toBe(reason);
        expect(service.calls).toEqual([]);
      });

      it('fails the first next() of a stream', async () => {
        const service = injectKeys(new AbortableService());
        await expect(service.stream(wrap(AbortSignal.abort(reason))).next()).rejects.toBe(reason);
        expect(service.calls).toEqual([]);
      });
    });

    it('is read from the last argument only', async () => {
      const service = injectKeys(new AbortableService());
      await expect(service.run(AbortSignal.abort(reason), 'hello')).resolves.toBeInstanceOf(AbortSignal);
    });

    it.each([[{ signal: 'stop' }], [{ signal: undefined }], [null], [{}]])('is not read from %o', async (argument) => {
      await expect(injectKeys(new AbortableService()).run(argument)).resolves.toBeInstanceOf(AbortSignal);
    });

    it.each([
      ['the decorator', () => AbortSignal.abort(reason), () => new AbortController().signal],
      ['the call', () => new AbortController().signal, () => AbortSignal.abort(reason)],
    ])('ends the call if both have a signal and that of %s aborts', async (_whose, ofDecorator, ofCall) => {
      const received: unknown[] = [];
      class SignalledService {
        @retryWithApiKeyFallback({ provider: 'acme', signal: ofDecorator() })
        async run(_apiKey: ApiKey<'acme'>, signal: AbortSignal): Promise<void> {
          received.push(signal);
        }
      }
      await expect(injectKeys(new SignalledService()).run(ofCall())).rejects.toBe(reason);
      expect(received).toEqual([]);
    });
  });
}
