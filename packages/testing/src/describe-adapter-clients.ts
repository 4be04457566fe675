import type { ProviderAdapter } from '@api-key-fallback/core/adapter';
import { describe, expect, it } from 'vitest';
import { startKeyRecorder, type KeyRecorder } from './start-key-recorder.ts';
import { withFix } from './with-fix.ts';

/** How the suite sends requests with the clients of an adapter. */
export interface AdapterClientOptions<Client = unknown> {
  /** Returns the options for `createClient` and `probe` that point them at the suite's server. @default no options */
  readonly clientOptions?: (url: string) => object;
  /** Sends one request with a client to the server, which always responds `{}`. Required when the adapter has `createClient`. */
  readonly useClient?: (client: Client, url: string) => unknown;
}

const ownKeys = ['conformance-key-1-0123456789', 'conformance-key-2-0123456789'] as const;
export const environmentKey: string = 'conformance-key-of-the-environment';
// Statuses that clients retry, or for which they could switch to another key.
const failureStatuses = [401, 403, 408, 409, 429, 500, 503];

/** Puts another key into the adapter's environment variables, which a client must not read. */
export async function withKeyInEnvironment(env: string, run: () => Promise<void>): Promise<void> {
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

/** Declares the checks of the clients that an adapter creates. */
export function describeAdapterClients<Client>(
  adapter: ProviderAdapter<Client>,
  { clientOptions = () => ({}), useClient }: AdapterClientOptions<Client>,
): void {
  async function withServer(status: number, run: (server: KeyRecorder, clients: Client[]) => Promise<void>) {
    const server = await startKeyRecorder([...ownKeys, environmentKey], status);
    try {
      await withKeyInEnvironment(adapter.env, async () => {
        const made = ownKeys.map(async (key) =>
          adapter.createClient?.(key, clientOptions(server.url), (response) => response),
        );
        await run(server, (await Promise.all(made)) as Client[]);
      });
    } finally {
      await server[Symbol.asyncDispose]();
    }
  }

  /** Uses a client once and returns the keys found in each of its requests. */
  async function keysSentBy(client: Client | undefined, server: KeyRecorder): Promise<string[][]> {
    try {
      await useClient?.(client as Client, server.url);
    } catch {
      // A client may fail to read a response that is not the provider's.
    }
    return server.takeRequests();
  }

  it.runIf('createClient' in adapter)(
    'has the suite option useClient',
    withFix(
      'The adapter has createClient: pass useClient(client, url), which sends one request with the client.',
      () => {
        expect(useClient).toBeTypeOf('function');
      },
    ),
  );

  describe.runIf('createClient' in adapter && useClient)('a client', () => {
    it(
      'sends its own key, and no other',
      withFix(`Bind each client to the given secret; do not share it or read ${adapter.env}.`, async () => {
        await withServer(200, async (server, [first, second]) => {
          expect(await keysSentBy(first, server)).toEqual([[ownKeys[0]]]);
          expect(await keysSentBy(second, server)).toEqual([[ownKeys[1]]]);
          expect(await keysSentBy(first, server)).toEqual([[ownKeys[0]]]);
        });
      }),
    );

    it.each(failureStatuses)(
      'sends one request, with its own key each time, when the status is %i',
      withFix(
        "Switch off the client's own retries in createClient, and keep its key after a failure.",
        async (status) => {
          await withServer(status, async (server, [client]) => {
            expect(await keysSentBy(client, server)).toEqual([[ownKeys[0]]]);
            expect(await keysSentBy(client, server)).toEqual([[ownKeys[0]]]);
          });
        },
      ),
    );
  });
}
