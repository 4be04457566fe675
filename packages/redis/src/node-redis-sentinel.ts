import { dialOnce } from './dial-once.ts';
import { hasMethods } from './has-methods.ts';
import { endClient, type NodeRedisClient } from './node-redis-client.ts';
import { awayError } from './redis-error.ts';

/** The part of a node-redis 5 or 6 Sentinel client that the store uses. */
export interface NodeRedisSentinel {
  readonly isReady: boolean;
  on(event: string, listener: (...args: never[]) => void): unknown;
  /** Missing in version 5. */
  duplicate?(override: object): NodeRedisSentinel;
  connect(): Promise<unknown>;
  /**
   * Runs a function on the client of the master.
   *
   * Internal by its name, but the library has no other way to reach this client. The clients of `use` and `acquire`
   * have neither `duplicate` nor `unref`, and `getMasterNode` returns no credentials.
   */
  readonly _execute: (
    isReadonly: false,
    run: (master: NodeRedisClient) => Promise<NodeRedisClient>,
  ) => Promise<NodeRedisClient>;
  destroy(): unknown;
}

/** Whether a value is a node-redis Sentinel client. */
export function isNodeRedisSentinel(client: unknown): client is NodeRedisSentinel {
  return hasMethods(client, '_execute', 'acquire', 'connect', 'destroy', 'on');
}

const policy = {
  clientSideCache: undefined,
  commandOptions: undefined,
  keyPrefix: undefined,
  masterPoolSize: 1,
  // Otherwise the library retries for ever and prints each error.
  maxCommandRediscovers: 0,
  passthroughClientErrorEvents: false,
  replicaPoolSize: 0,
  reserveClient: false,
  scanInterval: 0,
};

/** Asks the Sentinels for the master, and calls `use` with its client, as a template. */
export async function withSentinelMaster<T>(
  template: NodeRedisSentinel,
  signal: AbortSignal,
  use: (master: NodeRedisClient) => Promise<T>,
): Promise<T> {
  const own = template.duplicate?.(policy);
  // A version 5 client cannot be duplicated, so it has to be connected.
  if (!own && !template.isReady) throw awayError('ENOTCONN', 'the Sentinel client is not connected');
  own?.on('error', () => {});
  async function findMaster(): Promise<NodeRedisClient> {
    await own?.connect();
    const sentinel = own ?? template;
    const { _execute: execute } = sentinel;
    return execute.call(sentinel, false, async (master) => master);
  }
  function end(): void {
    if (own) void endClient(own);
  }
  const master = await dialOnce<NodeRedisClient>(
    signal,
    ({ done, failed }) => {
      findMaster().then(done, failed);
    },
    end,
  );
  try {
    return await use(master);
  } finally {
    end();
  }
}
