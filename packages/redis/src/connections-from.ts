import { InvalidOptionsError } from '@api-key-fallback/core';
import { ioredisConnections } from './ioredis-connections.ts';
import { nodeRedisConnections } from './node-redis-connections.ts';
import type { RedisConnections } from './redis-connection.ts';

/** Detects the library by the shape of the client, so that neither has to be installed. */
export function connectionsFrom(client: unknown): RedisConnections {
  const connections = ioredisConnections(client) ?? nodeRedisConnections(client);
  if (connections) return connections;
  throw new InvalidOptionsError(
    'RedisStore needs a Redis client: new RedisStore(client), where client is an ioredis Redis or Cluster ' +
      '(npm install ioredis), or what createClient, createCluster or createSentinel of node-redis 5 or later return ' +
      '(npm install redis).',
  );
}
