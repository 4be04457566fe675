import { RedisStore } from '@api-key-fallback/redis';
import { storeClients } from './store-clients.ts';
import { fact, listen, request } from './store-requests.ts';

// A process that uses a store and never closes it. What it is told to do comes in its arguments.
const [library, port, wait] = process.argv.slice(2);
const makeClient = library === 'ioredis' ? storeClients.ioredis : storeClients['node-redis'];
const store = new RedisStore(makeClient(Number(port)));

if (wait === 'wait') {
  await store.sync(request());
  await listen(store);
}
// Nobody waits for this one but the process.
void store.sync(request(fact('last'))).catch(() => {});
