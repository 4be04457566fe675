import { dialOnce } from './dial-once.ts';
import { connectTimeoutMs, type ConnectionListener, type RedisConnection } from './redis-connection.ts';

/** The part of a node-redis 5 or 6 client that the store uses. */
export interface NodeRedisClient {
  readonly options?: { readonly socket?: object } | undefined;
  on(event: string, listener: (...args: never[]) => void): unknown;
  duplicate(override: object): NodeRedisClient;
  connect(): Promise<unknown>;
  unref(): void;
  sendCommand(args: readonly string[]): Promise<unknown>;
  subscribe(channel: string, listener: (message: string, channel: string) => void): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  destroy(): unknown;
}

/** The store reconnects by itself, so the library must not. Options of the user's client must not leak in. */
export const clientPolicy = {
  clientSideCache: undefined,
  commandOptions: undefined,
  disableOfflineQueue: true,
  emitInvalidate: undefined,
  keyPrefix: undefined,
  maintNotifications: 'disabled',
  pingInterval: undefined,
  readonly: false,
};

/** The same for the socket options. */
export const socketPolicy: object = {
  connectTimeout: connectTimeoutMs,
  reconnectStrategy: false,
  socketTimeout: undefined,
};

/** Ends a client. Does nothing when it has ended already. */
export async function endClient(client: Pick<NodeRedisClient, 'destroy'>): Promise<void> {
  try {
    await client.destroy();
  } catch {
    // It has ended already.
  }
}

function connectionOf(client: NodeRedisClient, on: ConnectionListener): RedisConnection {
  function message(text: string, channel: string): void {
    on.message(channel, text);
  }
  return {
    send: (args) => client.sendCommand(args),
    subscribe: (channel) => client.subscribe(channel, message),
    unsubscribe: (channel) => client.unsubscribe(channel),
    end: () => void endClient(client),
  };
}

/** Dials the server of a client. */
export function dialClient(
  template: NodeRedisClient,
  on: ConnectionListener,
  signal: AbortSignal,
): Promise<RedisConnection> {
  let client: NodeRedisClient | undefined;
  let isReady = false;
  let hasEnded = false;
  function end(): void {
    hasEnded = true;
    if (client) void endClient(client);
  }
  return dialOnce(
    signal,
    ({ done, failed }) => {
      const made = template.duplicate({ ...clientPolicy, socket: { ...template.options?.socket, ...socketPolicy } });
      client = made;
      function onError(error: unknown): void {
        if (isReady) on.ended(error);
        else failed(error);
        end();
      }
      // The client does not reconnect, so every error is final.
      made.on('error', onError);
      // `destroy` does not reach a socket that is still connecting.
      made.on('connect', () => {
        if (hasEnded) end();
      });
      made.unref();
      made.connect().then(() => {
        isReady = true;
        if (hasEnded) end();
        else done(connectionOf(made, on));
      }, onError);
    },
    end,
  );
}
