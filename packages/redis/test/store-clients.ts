import { Redis } from 'ioredis';
import { createClient } from 'redis';

/** A server by its address, or by its port on this machine. */
function urlOf(server: string | number): string {
  return typeof server === 'string' ? server : `redis://127.0.0.1:${server}`;
}

/** A client of each library for a port; neither is connected. */
export const storeClients = {
  ioredis: (server: string | number) => new Redis(urlOf(server), { lazyConnect: true }),
  'node-redis': (server: string | number) => createClient({ url: urlOf(server) }),
};
