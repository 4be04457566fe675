import { dialOnce } from './dial-once.ts';
import { hasMethods } from './has-methods.ts';
import { endClient, type NodeRedisClient } from './node-redis-client.ts';
import { awayError } from './redis-error.ts';

/** What `createSentinel` of node-redis 5 and 6 returns, as far as it is used here. */
export interface NodeRedisSentinel {
  readonly isReady: boolean;
  on(event: string, listener: (...args: never[]) => void): unknown;
  /** Version 6. */
  duplicate?(override: object): NodeRedisSentinel;
  connect(): Promise<unknown>;
  /**
   * Runs a function on the client of the master.
   *
   * Internal by its name, but the library offers no other way to this client. What `use` and `acquire` lend has neither
   * `duplicate` nor `unref`, and `getMasterNode` does not say how to log in.
   */
  readonly _execute: (
    isReadonly: false,
    run: (master: NodeRedisClient) => Promise<NodeRedisClient>,
  ) => Promise<NodeRedisClient>;
  destroy(): unknown;
}

/** Whether a value is a Sentinel client of node-redis. */
export function isNodeRedisSentinel(client: unknown): client is NodeRedisSentinel {
  return hasMethods(client, '_execute', 'acquire', 'connect', 'destroy', 'on');
}

const policy = {
  clientSideCache: undefined,
  commandOptions: undefined,
  keyPrefix: undefined,
  masterPoolSize: 1,
  // The library retries for ever otherwise, and prints what it retries for.
  maxCommandRediscovers: 0,
  passthroughClientErrorEvents: false,
  replicaPoolSize: 0,
  reserveClient: false,
  scanInterval: 0,
};

/** Asks the Sentinels who the master is; its client serves as a template. */
export async function withSentinelMaster<T>(
  template: NodeRedisSentinel,
  signal: AbortSignal,
  use: (master: NodeRedisClient) => Promise<T>,
): Promise<T> {
  const own = template.duplicate?.(policy);
  // Version 5 has no way to make another one.
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
