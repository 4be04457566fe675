import { Redis } from 'ioredis';
import { createClient } from 'redis';

/** The address of a server, from its URL or its port on this machine. */
function urlOf(server: string | number): string {
  return typeof server === 'string' ? server : `redis://127.0.0.1:${server}`;
}

/** An unconnected client of each library. */
export const storeClients = {
  ioredis: (server: string | number) => new Redis(urlOf(server), { lazyConnect: true }),
  'node-redis': (server: string | number) => createClient({ url: urlOf(server) }),
};
