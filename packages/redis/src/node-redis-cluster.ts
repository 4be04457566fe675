import { dialOnce } from './dial-once.ts';
import { hasMethods } from './has-methods.ts';
import { clientPolicy, endClient, socketPolicy, type NodeRedisClient } from './node-redis-client.ts';
import type { RedisConnection } from './redis-connection.ts';

interface ClusterNode {
  readonly client?: unknown;
}

/** The part of a node-redis 5 or 6 cluster that the store uses. */
export interface NodeRedisCluster {
  /**
   * Internal by its name, but the library has no other way to read the options. `duplicate` replaces `defaults`
   * completely, so without the existing ones the user's password and TLS settings would be lost.
   */
  readonly _options?: { readonly defaults?: { readonly socket?: object } };
  readonly masters: readonly ClusterNode[];
  readonly replicas: readonly ClusterNode[];
  on(event: string, listener: (...args: never[]) => void): unknown;
  duplicate(override: object): NodeRedisCluster;
  connect(): Promise<unknown>;
  nodeClient(node: ClusterNode): Promise<NodeRedisClient>;
  sendCommand(firstKey: string | undefined, isReadonly: boolean, args: readonly string[]): Promise<unknown>;
  destroy(): unknown;
}

// By then every socket of an abandoned cluster has connected or failed. `destroy` does not reach later ones.
const endAfterMs = 5500;

/** Whether a value is a node-redis cluster. */
export function isNodeRedisCluster(client: unknown): client is NodeRedisCluster {
  return hasMethods(client, 'connect', 'destroy', 'duplicate', 'nodeClient', 'on', 'sendCommand');
}

function duplicateOf(template: NodeRedisCluster): NodeRedisCluster {
  const { _options: known } = template;
  const socket = { ...known?.defaults?.socket, ...socketPolicy };
  const defaults = known && { defaults: { ...known.defaults, ...clientPolicy, socket } };
  const cluster = template.duplicate({
    ...defaults,
    clientSideCache: undefined,
    commandOptions: undefined,
    keyPrefix: undefined,
    maxCommandRedirections: 4,
    useReplicas: false,
  });
  // Commands that fail report the errors that matter.
  cluster.on('error', () => {});
  return cluster;
}

function unrefNodes({ masters, replicas }: NodeRedisCluster): void {
  for (const { client } of [...masters, ...replicas]) if (hasMethods(client, 'unref')) client.unref();
}

function dial(template: NodeRedisCluster, signal: AbortSignal): Promise<NodeRedisCluster> {
  let cluster: NodeRedisCluster | undefined;
  let isAbandoned = false;
  function end(): void {
    if (cluster) void endClient(cluster);
  }
  return dialOnce(
    signal,
    ({ done, failed }) => {
      const made = duplicateOf(template);
      cluster = made;
      made.connect().then(() => {
        unrefNodes(made);
        if (isAbandoned) end();
        else done(made);
      }, failed);
    },
    () => {
      isAbandoned = true;
      setTimeout(end, endAfterMs).unref();
    },
  );
}

/** Dials a cluster, for commands. */
export async function dialCluster(template: NodeRedisCluster, signal: AbortSignal): Promise<RedisConnection> {
  const cluster = await dial(template, signal);
  return {
    async send(args, key) {
      try {
        return await cluster.sendCommand(key, false, args);
      } finally {
        // The command may have connected new nodes.
        unrefNodes(cluster);
      }
    },
    subscribe: () => Promise.reject(new Error('A cluster has no feed of its own')),
    unsubscribe: () => Promise.resolve(),
    end: () => void endClient(cluster),
  };
}

/** Calls `use` with the client of a random master node, as a template. */
export async function withClusterNode<T>(
  template: NodeRedisCluster,
  signal: AbortSignal,
  use: (node: NodeRedisClient) => Promise<T>,
): Promise<T> {
  const cluster = await dial(template, signal);
  try {
    const node = cluster.masters[Math.floor(Math.random() * cluster.masters.length)];
    if (!node) throw new Error('The cluster has no nodes');
    return await use(await cluster.nodeClient(node));
  } finally {
    void endClient(cluster);
  }
}
