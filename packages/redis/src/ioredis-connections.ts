import { dialOnce } from './dial-once.ts';
import { hasMethods } from './has-methods.ts';
import {
  connectTimeoutMs,
  type ConnectionListener,
  type RedisConnection,
  type RedisConnections,
} from './redis-connection.ts';

interface Emitter {
  on(event: string, listener: (...args: never[]) => void): unknown;
}

/** The part of `Redis` in ioredis 5 and 6 that the store uses. */
interface RedisClient extends Emitter {
  readonly options?: { readonly sentinels?: unknown; readonly enableReadyCheck?: boolean };
  readonly stream?: { unref?(): unknown };
  duplicate(override: object): RedisClient;
  call(command: string, ...args: readonly string[]): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  disconnect(): void;
}

/** The part of `Cluster` that differs. */
interface ClusterClient extends Omit<RedisClient, 'duplicate'> {
  duplicate(startupNodes: readonly [], override: object): ClusterClient;
  nodes(): readonly RedisClient[];
}

function never(): null {
  return null;
}

// The store reconnects by itself, so the library must not. Options of the user's client must not leak in.
const policy = {
  autoResubscribe: false,
  commandTimeout: undefined,
  connectTimeout: connectTimeoutMs,
  disconnectTimeout: 100,
  enableAutoPipelining: false,
  enableOfflineQueue: false,
  failoverDetector: false,
  himportFieldsets: undefined,
  keyPrefix: '',
  maxRetriesPerRequest: 0,
  monitor: false,
  readOnly: false,
  replyMapping: undefined,
  retryStrategy: never,
  role: 'master',
  sentinelRetryStrategy: never,
  socketTimeout: undefined,
};

function connectionOf(client: RedisClient | ClusterClient): RedisConnection {
  return {
    send: ([command = '', ...args]) => client.call(command, ...args),
    subscribe: (channel) => client.subscribe(channel),
    unsubscribe: (channel) => client.unsubscribe(channel),
    end: () => client.disconnect(),
  };
}

/** Resolves when the client is ready. */
function whenReady(make: () => RedisClient | ClusterClient, on: ConnectionListener, signal: AbortSignal) {
  let client: RedisClient | ClusterClient | undefined;
  let failure: unknown;
  let isReady = false;
  return dialOnce<RedisConnection>(
    signal,
    ({ done, failed }) => {
      const made = make();
      client = made;
      made.on('error', (error: unknown) => (failure = error));
      made.on('message', (channel: string, message: string) => on.message(channel, message));
      made.on('ready', () => {
        isReady = true;
        done(connectionOf(made));
      });
      made.on('end', () => (isReady ? on.ended(failure) : failed(failure)));
    },
    () => client?.disconnect(),
  );
}

function dialServer(template: RedisClient, on: ConnectionListener, signal: AbortSignal): Promise<RedisConnection> {
  // With Sentinel, the check verifies the server's role. Otherwise it only waits while the server loads.
  const enableReadyCheck = template.options?.sentinels ? template.options.enableReadyCheck : false;
  function make(): RedisClient {
    const client = template.duplicate({ ...policy, enableReadyCheck, lazyConnect: false });
    client.on('connect', () => client.stream?.unref?.());
    return client;
  }
  return whenReady(make, on, signal);
}

function duplicateOf(template: ClusterClient): ClusterClient {
  const cluster = template.duplicate([], {
    clusterNodeRetryStrategy: null,
    clusterRetryStrategy: never,
    enableAutoPipelining: false,
    enableOfflineQueue: false,
    keyPrefix: '',
    lazyConnect: false,
    maxRedirections: 3,
    scaleReads: 'master',
    shardedSubscribers: false,
    slotsRefreshInterval: undefined,
    redisOptions: policy,
  });
  cluster.on('+node', (node: RedisClient) => {
    node.on('connect', () => node.stream?.unref?.());
  });
  return cluster;
}

async function dialAnyNode(
  template: ClusterClient,
  on: ConnectionListener,
  signal: AbortSignal,
): Promise<RedisConnection> {
  let cluster: ClusterClient | undefined;
  const map = await whenReady(() => (cluster = duplicateOf(template)), { message() {}, ended() {} }, signal);
  try {
    const nodes = cluster?.nodes() ?? [];
    const node = nodes[Math.floor(Math.random() * nodes.length)];
    if (!node) throw new Error('The cluster has no nodes');
    return await dialServer(node, on, signal);
  } finally {
    map.end();
  }
}

function isCluster(client: RedisClient | ClusterClient): client is ClusterClient {
  return hasMethods(client, 'nodes');
}

/** Connections from an ioredis client; `undefined` for any other value. */
export function ioredisConnections(client: unknown): RedisConnections | undefined {
  if (!hasMethods(client, 'call', 'disconnect', 'duplicate', 'on', 'subscribe')) return undefined;
  const template = client as RedisClient | ClusterClient;
  if (!isCluster(template)) {
    return {
      dial: (on, signal) => dialServer(template, on, signal),
      dialFeed: (on, signal) => dialServer(template, on, signal),
    };
  }
  return {
    dial: (on, signal) => whenReady(() => duplicateOf(template), on, signal),
    dialFeed: (on, signal) => dialAnyNode(template, on, signal),
  };
}
