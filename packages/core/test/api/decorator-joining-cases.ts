import { beforeEach, describe, expect, it } from 'vitest';
import {
  AllKeysFailedError,
  currentAttempt,
  injectKeys,
  INJECTED,
  retryWithApiKeyFallback,
  type ApiClient,
  type ApiKey,
} from '../../src/index.ts';
import {
  acmeAdapter,
  acmeKeys,
  betaKeys,
  inHouse,
  inHouseKeys,
  transient,
  useAllProviders,
  useProvider,
} from './decorator-providers.ts';
import { nestedLoop, watchWarnings } from '../watch-warnings.ts';

const [first, second] = acmeKeys;

/** The methods that ran and their arguments, in order. */
const calls: unknown[][] = [];

class BaseService {
  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 10 })
  async chat(apiKey: ApiKey<'acme'>, prompt: string): Promise<string> {
    calls.push(['base', apiKey, prompt]);
    if (prompt === 'fail') throw transient();
    return `base(${prompt})`;
  }

  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 10 })
  static async make(apiKey: ApiKey<'acme'>, name: string): Promise<string> {
    calls.push(['base', apiKey, name]);
    return `${this.name}(${name})`;
  }
}

class JoiningService extends BaseService {
  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 10 })
  override async chat(apiKey: ApiKey<'acme'>, prompt: string): Promise<string> {
    calls.push(['override', apiKey, prompt]);
    return `override(${await super.chat(apiKey, prompt)})`;
  }

  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 10 })
  static override async make(apiKey: ApiKey<'acme'>, name: string): Promise<string> {
    calls.push(['override', apiKey, name]);
    return super.make(apiKey, name);
  }
}

class NestingService extends BaseService {
  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 10 })
  override async chat(apiKey: ApiKey<'acme'>, prompt: string): Promise<string> {
    calls.push(['override', apiKey, prompt]);
    return `override(${await super.chat(INJECTED, prompt)})`;
  }
}

class PlainService extends BaseService {
  override async chat(apiKey: ApiKey<'acme'>, prompt: string): Promise<string> {
    return `plain(${await super.chat(apiKey, prompt)})`;
  }
}

/** Its methods pass the injected value on, or the key or client that belongs to it. */
class MixedService {
  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 10 })
  async keyLeaf(apiKey: ApiKey<'acme'>, prompt: string): Promise<string> {
    calls.push(['keyLeaf', apiKey, prompt, currentAttempt().provider]);
    throw transient();
  }

  @retryWithApiKeyFallback({ provider: 'acme', inject: 'client', maxRetries: 2, delay: 10 })
  async clientLeaf(client: ApiClient<'acme'>, prompt: string): Promise<string> {
    calls.push(['clientLeaf', client.token, prompt, currentAttempt().provider]);
    throw transient();
  }

  @retryWithApiKeyFallback({ provider: 'acme', inject: 'client' })
  async lend(client: ApiClient<'acme'>): Promise<ApiClient<'acme'>> {
    return client;
  }

  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 10 })
  async keyToKey(apiKey: ApiKey<'acme'>): Promise<string> {
    return this.keyLeaf(apiKey, 'hello');
  }

  @retryWithApiKeyFallback({ provider: 'acme', inject: 'client', maxRetries: 2, delay: 10 })
  async clientToClient(client: ApiClient<'acme'>): Promise<string> {
    return this.clientLeaf(client, 'hello');
  }

  @retryWithApiKeyFallback({ provider: 'acme', inject: 'client', maxRetries: 2, delay: 10 })
  async clientToKey(client: ApiClient<'acme'>): Promise<string> {
    return this.keyLeaf(client.token as ApiKey<'acme'>, 'hello');
  }

  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 10 })
  async keyToClient(_apiKey: ApiKey<'acme'>, client: ApiClient<'acme'>): Promise<string> {
    return this.clientLeaf(client, 'hello');
  }

  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 10 })
  async throughBeta(apiKey: ApiKey<'acme'>): Promise<string> {
    return this.between(INJECTED, apiKey);
  }

  @retryWithApiKeyFallback({ provider: 'beta', maxRetries: 1 })
  async between(betaKey: ApiKey<'beta'>, acmeKey: ApiKey<'acme'>): Promise<string> {
    calls.push(['between', betaKey]);
    try {
      return await this.keyLeaf(acmeKey, 'hello');
    } catch {
      return 'caught between';
    }
  }

  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 10 })
  async toInHouse(apiKey: ApiKey<'acme'>): Promise<string> {
    return this.inHouseLeaf(INJECTED, apiKey);
  }

  @retryWithApiKeyFallback({ provider: inHouse, maxRetries: 1 })
  async inHouseLeaf(ownKey: ApiKey<typeof inHouse>, prompt: string): Promise<string> {
    return `${ownKey} ${prompt}`;
  }

  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 10 })
  async nested(apiKey: ApiKey<'acme'>): Promise<string> {
    calls.push(['nested', apiKey]);
    return this.keyLeaf(INJECTED, 'hello');
  }
}

const everyKeyTwice = acmeKeys.flatMap((key) => [key, key]);

export function describeJoining(): void {
  describe('passing the injected value on', () => {
    beforeEach(() => {
      useAllProviders();
      calls.length = 0;
    });

    it('runs super.method(apiKey, …) inside the running attempt', async () => {
      await expect(injectKeys(new JoiningService()).chat('hello')).resolves.toBe('override(base(hello))');
      expect(calls).toEqual([
        ['override', first, 'hello'],
        ['base', first, 'hello'],
      ]);
    });

    it('runs one loop for an override and its super.method(apiKey, …) if all attempts fail', async () => {
      await expect(injectKeys(new JoiningService()).chat('fail')).rejects.toSatisfy(AllKeysFailedError.isInstance);
      expect(calls).toEqual(
        everyKeyTwice.flatMap((key) => [
          ['override', key, 'fail'],
          ['base', key, 'fail'],
        ]),
      );
    });

    it('joins super.method(apiKey, …) of static methods', async () => {
      await expect(injectKeys(JoiningService).make('hello')).resolves.toBe('JoiningService(hello)');
      expect(calls).toEqual([
        ['override', first, 'hello'],
        ['base', first, 'hello'],
      ]);
    });

    it('starts a separate loop for super.method(INJECTED, …)', async () => {
      const emitWarning = watchWarnings();
      await expect(new NestingService().chat(INJECTED, 'fail')).rejects.toSatisfy(AllKeysFailedError.isInstance);
      expect(calls.filter(([who]) => who === 'override')).toEqual([['override', first, 'fail']]);
      expect(calls.filter(([who]) => who === 'base').map(([, key]) => key)).toEqual(everyKeyTwice);
      expect(emitWarning.mock.calls).toEqual([nestedLoop('acme in chat()')]);
    });

    it('starts the loop in super.method(INJECTED, …) of an undecorated override', async () => {
      await expect(new PlainService().chat(INJECTED, 'hello')).resolves.toBe('plain(base(hello))');
      expect(calls).toEqual([['base', first, 'hello']]);
    });

    it.each(['keyToKey', 'clientToKey'] as const)('joins a method that takes a key: %s', async (name) => {
      await expect(injectKeys(new MixedService())[name]()).rejects.toSatisfy(AllKeysFailedError.isInstance);
      expect(calls).toEqual(everyKeyTwice.map((key) => ['keyLeaf', key, 'hello', 'acme']));
    });

    it('joins a method that takes a client: clientToClient', async () => {
      await expect(injectKeys(new MixedService()).clientToClient()).rejects.toSatisfy(AllKeysFailedError.isInstance);
      expect(calls).toEqual(everyKeyTwice.map((key) => ['clientLeaf', key, 'hello', 'acme']));
    });

    it('joins a method that takes a client with the client of the running key: keyToClient', async () => {
      useProvider(acmeAdapter, [first]);
      const service = new MixedService();
      const client = await service.lend(INJECTED);
      await expect(service.keyToClient(INJECTED, client)).rejects.toSatisfy(AllKeysFailedError.isInstance);
      expect(calls).toEqual([
        ['clientLeaf', first, 'hello', 'acme'],
        ['clientLeaf', first, 'hello', 'acme'],
      ]);
    });

    it('starts a separate loop for INJECTED inside an attempt', async () => {
      const emitWarning = watchWarnings();
      await expect(new MixedService().nested(INJECTED)).rejects.toSatisfy(AllKeysFailedError.isInstance);
      expect(calls).toEqual([['nested', first], ...everyKeyTwice.map((key) => ['keyLeaf', key, 'hello', 'acme'])]);
      expect(emitWarning.mock.calls).toEqual([nestedLoop('acme in keyLeaf()')]);
    });

    it('joins through a nested attempt of another provider', async () => {
      await expect(new MixedService().throughBeta(INJECTED)).resolves.toBe('caught between');
      expect(calls.map((call) => call.slice(0, 2))).toEqual([
        ['between', betaKeys[0]],
        ['keyLeaf', first],
      ]);
    });

    it('makes the joined attempt the current one, also through another provider', async () => {
      await new MixedService().throughBeta(INJECTED);
      expect(calls.at(-1)).toEqual(['keyLeaf', first, 'hello', 'acme']);
    });

    it('treats the key of another provider as an ordinary argument', async () => {
      await expect(new MixedService().toInHouse(INJECTED)).resolves.toBe(`${inHouseKeys[0]} ${first}`);
    });
  });

  describe('joining at the same time', () => {
    beforeEach(useAllProviders);

    it('keeps the attempts of concurrent calls apart', async () => {
      class Service {
        @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 1 })
        async outer(apiKey: ApiKey<'acme'>, name: string): Promise<string[]> {
          if (name === 'b' && apiKey === first) throw transient();
          await Promise.resolve();
          return this.inner(apiKey, name);
        }

        @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 1 })
        async inner(apiKey: ApiKey<'acme'>, name: string): Promise<string[]> {
          await Promise.resolve();
          return [name, apiKey, currentAttempt().apiKey];
        }
      }
      const service = injectKeys(new Service());
      await expect(Promise.all([service.outer('a'), service.outer('b'), service.outer('c')])).resolves.toEqual([
        ['a', first, first],
        ['b', second, second],
        ['c', first, first],
      ]);
    });
  });
}
