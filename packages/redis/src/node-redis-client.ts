import { dialOnce } from './dial-once.ts';
import { connectTimeoutMs, type ConnectionListener, type RedisConnection } from './redis-connection.ts';

/** What a client of node-redis 5 and 6 has, as far as it is used here. */
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

/** Redialling is ours: a connection of the library lives once. What a user's own client needs must not leak in. */
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

/** The same for its socket. */
export const socketPolicy: object = {
  connectTimeout: connectTimeoutMs,
  reconnectStrategy: false,
  socketTimeout: undefined,
};

/** Ends a client, also one that has ended. */
export async function endClient(client: Pick<NodeRedisClient, 'destroy'>): Promise<void> {
  try {
    await client.destroy();
  } catch {
    // It was closed already.
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
  let isOver = false;
  function end(): void {
    isOver = true;
    if (client) void endClient(client);
  }
  return dialOnce(
    signal,
    ({ done, failed }) => {
      const made = template.duplicate({ ...clientPolicy, socket: { ...template.options?.socket, ...socketPolicy } });
      client = made;
      function over(error: unknown): void {
        if (isReady) on.ended(error);
        else failed(error);
        end();
      }
      // Nothing is repaired after an error, so each one is the end.
      made.on('error', over);
      // A socket that is still connecting is out of reach of `destroy`.
      made.on('connect', () => {
        if (isOver) end();
      });
      made.unref();
      made.connect().then(() => {
        isReady = true;
        if (isOver) end();
        else done(connectionOf(made, on));
      }, over);
    },
    end,
  );
}
