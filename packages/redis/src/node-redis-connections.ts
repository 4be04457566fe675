import { hasMethods } from './has-methods.ts';
import { dialClient, type NodeRedisClient } from './node-redis-client.ts';
import { dialCluster, isNodeRedisCluster, withClusterNode, type NodeRedisCluster } from './node-redis-cluster.ts';
import { isNodeRedisSentinel, withSentinelMaster, type NodeRedisSentinel } from './node-redis-sentinel.ts';
import type { RedisConnections } from './redis-connection.ts';

function fromCluster(cluster: NodeRedisCluster): RedisConnections {
  return {
    dial: (_on, signal) => dialCluster(cluster, signal),
    dialFeed: (on, signal) => withClusterNode(cluster, signal, (node) => dialClient(node, on, signal)),
  };
}

function fromSentinel(sentinel: NodeRedisSentinel): RedisConnections {
  const dial: RedisConnections['dial'] = (on, signal) =>
    withSentinelMaster(sentinel, signal, (master) => dialClient(master, on, signal));
  return { dial, dialFeed: dial };
}

function isClient(client: unknown): client is NodeRedisClient {
  return hasMethods(client, 'connect', 'destroy', 'duplicate', 'on', 'sendCommand', 'subscribe', 'unref');
}

/** Connections from a node-redis client; `undefined` for any other value. */
export function nodeRedisConnections(client: unknown): RedisConnections | undefined {
  if (isNodeRedisCluster(client)) return fromCluster(client);
  if (isNodeRedisSentinel(client)) return fromSentinel(client);
  if (!isClient(client)) return undefined;
  const dial: RedisConnections['dial'] = (on, signal) => dialClient(client, on, signal);
  return { dial, dialFeed: dial };
}
