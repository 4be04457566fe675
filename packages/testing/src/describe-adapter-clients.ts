import type { ProviderAdapter } from '@api-key-fallback/core/adapter';
import { describe, expect, it } from 'vitest';
import { startKeyRecorder, type KeyRecorder } from './start-key-recorder.ts';

/** How the suite gets requests out of the clients that an adapter makes. */
export interface AdapterClientOptions<Client = unknown> {
  /** The options that make a client talk to a server, for `createClient`. */
  readonly clientOptions?: (url: string) => object;
  /** Makes one request with a client to a server, whose answer makes no sense; needed if the adapter makes clients. */
  readonly useClient?: (client: Client, url: string) => unknown;
}

const ownKeys = ['conformance-key-1-0123456789', 'conformance-key-2-0123456789'] as const;
const environmentKey = 'conformance-key-of-the-environment';
// What clients repeat by themselves, and what could make them take another key.
const failureStatuses = [401, 403, 408, 409, 429, 500, 503];

/** Runs with another key in the variables that are read for the adapter, which a client must not pick up. */
async function withKeyInEnvironment(env: string, run: () => Promise<void>): Promise<void> {
  const before = [env, `${env}_2`, `${env}S`].map((variable) => [variable, process.env[variable]] as const);
  for (const [variable] of before) process.env[variable] = environmentKey;
  try {
    await run();
  } finally {
    for (const [variable, value] of before) {
      if (value === undefined) delete process.env[variable];
      else process.env[variable] = value;
    }
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

  it.runIf('createClient' in adapter)('has its clients checked, for which useClient is needed', () => {
    expect(useClient, 'The adapter has createClient, so the suite needs the option useClient').toBeTypeOf('function');
  });

  describe.runIf('createClient' in adapter && useClient)('a client', () => {
    it('sends the key it was made for, and no other', async () => {
      await withServer(200, async (server, [first, second]) => {
        expect(await keysSentBy(first, server)).toEqual([[ownKeys[0]]]);
        expect(await keysSentBy(second, server)).toEqual([[ownKeys[1]]]);
        expect(await keysSentBy(first, server)).toEqual([[ownKeys[0]]]);
      });
    });

    it.each(failureStatuses)('sends one request, and its key the next time, when the answer is %i', async (status) => {
      await withServer(status, async (server, [client]) => {
        expect(await keysSentBy(client, server)).toEqual([[ownKeys[0]]]);
        expect(await keysSentBy(client, server)).toEqual([[ownKeys[0]]]);
      });
    });
  });
}
