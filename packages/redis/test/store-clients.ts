import { Redis } from 'ioredis';
import { createClient } from 'redis';

/** A client of each library for a port; neither is connected. */
export const storeClients = {
  ioredis: (port: number) => new Redis(port, '127.0.0.1', { lazyConnect: true }),
  'node-redis': (port: number) => createClient({ socket: { host: '127.0.0.1', port } }),
};
