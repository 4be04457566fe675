import type { ProviderAdapter } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { startKeyRecorder, type KeyRecorder } from './start-key-recorder.ts';

export interface AdapterClientOptions<Client = unknown> {
  /** The options that make a client talk to a server, for `createClient`. */
  readonly clientOptions?: (url: string) => object;
  /** Makes one request with a client to a server, whose answer makes no sense. Without it clients are not checked. */
  readonly useClient?: (client: Client, url: string) => unknown;
}

const ownKeys = ['conformance-key-1-0123456789', 'conformance-key-2-0123456789'] as const;
const environmentKey = 'conformance-key-of-the-environment';

/** Runs with another key in the variable that the adapter names, which a client must not pick up. */
async function withKeyInEnvironment(variable: string, run: () => Promise<void>): Promise<void> {
  const before = process.env[variable];
  process.env[variable] = environmentKey;
  try {
    await run();
  } finally {
    if (before === undefined) delete process.env[variable];
    else process.env[variable] = before;
  }
}

/** Declares the checks of the clients that an adapter makes. */
export function describeAdapterClients<Client>(
  adapter: ProviderAdapter<Client>,
  { clientOptions = () => ({}), useClient }: AdapterClientOptions<Client>,
): void {
  async function withServer(status: number, run: (server: KeyRecorder, clients: Client[]) => Promise<void>) {
    const server = await startKeyRecorder([...ownKeys, environmentKey], status);
    try {
      await withKeyInEnvironment(adapter.env, async () => {
        const made = ownKeys.map(async (key) => adapter.createClient?.(key, clientOptions(server.url), () => {}));
        await run(server, (await Promise.all(made)) as Client[]);
      });
    } finally {
      await server[Symbol.asyncDispose]();
    }
  }

  /** The keys in each request that one use of a client makes. */
  async function keysSentBy(client: Client | undefined, server: KeyRecorder): Promise<string[][]> {
    try {
      await useClient?.(client as Client, server.url);
    } catch {
      // The answers are not the provider's.
    }
    return server.takeRequests();
  }

  describe.runIf(adapter.createClient && useClient)('a client', () => {
    it('sends the key it was made for, and no other', async () => {
      await withServer(200, async (server, [first, second]) => {
        expect(await keysSentBy(first, server)).toEqual([[ownKeys[0]]]);
        expect(await keysSentBy(second, server)).toEqual([[ownKeys[1]]]);
        expect(await keysSentBy(first, server)).toEqual([[ownKeys[0]]]);
      });
    });

    it.each([429, 503])('sends one request when the answer is %i', async (status) => {
      await withServer(status, async (server, [client]) => {
        expect(await keysSentBy(client, server)).toHaveLength(1);
      });
    });
  });
}
