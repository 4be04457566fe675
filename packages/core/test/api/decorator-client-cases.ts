import { beforeEach, describe, expect, it } from 'vitest';
import {
  InvalidOptionsError,
  injectKeys,
  INJECTED,
  registry,
  retryWithApiKeyFallback,
  type ApiClient,
} from '../../src/index.ts';
import {
  acmeAdapter,
  AcmeClient,
  acmeKeys,
  inHouse,
  invalidKey,
  transient,
  useAllProviders,
  useProvider,
} from './decorator-providers.ts';

const [first, second, third] = acmeKeys;

class Service {
  readonly script: unknown[];
  readonly received: unknown[][] = [];

  constructor(script: unknown[] = []) {
    this.script = script;
  }

  @retryWithApiKeyFallback({ provider: 'acme', inject: 'client', maxRetries: 2, delay: 0 })
  async chat(client: ApiClient<'acme'>, prompt: string): Promise<ApiClient<'acme'>> {
    this.received.push([client, prompt]);
    const failure = this.script.shift();
    if (failure !== undefined) throw failure;
    return client;
  }

  @retryWithApiKeyFallback({ provider: 'acme', inject: 'client', maxRetries: 1 })
  async *stream(client: ApiClient<'acme'>, prompt: string): AsyncGenerator<string> {
    yield client.token;
    yield prompt;
  }

  @retryWithApiKeyFallback({ provider: 'acme', inject: 'client', maxRetries: 1 })
  async plainlyTyped(client: AcmeClient, prompt: string): Promise<string> {
    return `${client.token} ${prompt}`;
  }

  @retryWithApiKeyFallback({ provider: inHouse, inject: 'client' })
  async withoutClient(_client: unknown, _prompt: string): Promise<void> {
    this.received.push([]);
  }
}

/** Registers acme with a client factory that records the keys it receives. */
function countClients(create: (secret: string) => AcmeClient | Promise<AcmeClient>): string[] {
  const made: string[] = [];
  const createClient = (secret: string) => {
    made.push(secret);
    return create(secret);
  };
  useProvider({ ...acmeAdapter, createClient }, acmeKeys);
  return made;
}

export function describeClients(): void {
  describe("inject: 'client'", () => {
    beforeEach(useAllProviders);

    it('injects a client bound to the active key', async () => {
      const service = injectKeys(new Service());
      const client = await service.chat('hello');
      expect(client).toBeInstanceOf(AcmeClient);
      expect(client.token).toBe(first);
      expect(service.received).toEqual([[client, 'hello']]);
    });

    it('accepts a parameter of the plain client type with INJECTED', async () => {
      await expect(new Service().plainlyTyped(INJECTED, 'hello')).resolves.toBe(`${first} hello`);
    });

    it('creates one client per used key', async () => {
      const made = countClients((secret) => new AcmeClient(secret));
      const service = injectKeys(new Service([transient(), invalidKey()]));
      const client = await service.chat('a');
      expect(client.token).toBe(second);
      expect(await service.chat('b')).toBe(client);
      expect(service.received.map(([used]) => (used as AcmeClient).token)).toEqual([first, first, second, second]);
      expect(service.received[0]?.[0]).toBe(service.received[1]?.[0]);
      expect(made).toEqual([first, second]);
    });

    it('awaits an asynchronous client, and creates it once for concurrent calls', async () => {
      const made = countClients(async (secret) => new AcmeClient(secret));
      const service = injectKeys(new Service());
      const [one, two] = await Promise.all([service.chat('a'), service.chat('b')]);
      expect(one).toBeInstanceOf(AcmeClient);
      expect(two).toBe(one);
      expect(await service.chat('c')).toBe(one);
      expect(made).toEqual([first]);
    });

    it('recognises an asynchronous client that is passed on', async () => {
      countClients(async (secret) => new AcmeClient(secret));
      class Joining extends Service {
        @retryWithApiKeyFallback({ provider: 'acme', inject: 'client', maxRetries: 2, delay: 0 })
        override async chat(client: ApiClient<'acme'>, prompt: string): Promise<ApiClient<'acme'>> {
          return super.chat(client, `${prompt}!`);
        }
      }
      const service = injectKeys(new Joining());
      const client = await service.chat('hello');
      expect(service.received).toEqual([[client, 'hello!']]);
    });

    it('creates no client for an unused key', async () => {
      const made = countClients((secret) => new AcmeClient(secret));
      registry.get('acme').disable(first);
      registry.get('acme').disable(second);
      await injectKeys(new Service()).chat('hello');
      expect(made).toEqual([third]);
    });

    it('injects the client into a streaming method', async () => {
      const chunks: string[] = [];
      for await (const chunk of injectKeys(new Service()).stream('hello')) chunks.push(chunk);
      expect(chunks).toEqual([first, 'hello']);
    });

    it('rejects if the adapter creates no clients', async () => {
      const service = new Service();
      const result = service.withoutClient(INJECTED, 'hello');
      await expect(result).rejects.toSatisfy(InvalidOptionsError.isInstance);
      await expect(result).rejects.toThrow(/in-house.*client/);
      expect(service.received).toEqual([]);
      expect(registry.get(inHouse).getFailedKeys()).toEqual([]);
    });
  });
}
