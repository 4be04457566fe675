import { RedisStore } from '@api-key-fallback/redis';
import { storeClients } from './store-clients.ts';
import { fact, listen, request } from './store-requests.ts';

// A child process that uses a store and never closes it. Arguments: library, port, and `wait` to subscribe first.
const [library, port, wait] = process.argv.slice(2);
const makeClient = library === 'ioredis' ? storeClients.ioredis : storeClients['node-redis'];
const store = new RedisStore(makeClient(Number(port)));

if (wait === 'wait') {
  await store.sync(request());
  await listen(store);
}
// Not awaited: only the pending command keeps the process alive.
void store.sync(request(fact('last'))).catch(() => {});
