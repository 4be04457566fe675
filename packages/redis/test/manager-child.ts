// A process of its own with a manager, which does what its parent asks for.
import { RedisStore } from '@api-key-fallback/redis';
import { ScriptedManager, type Outcome, type TestKey } from './scripted-manager.ts';
import { storeClients } from './store-clients.ts';

const [library, port] = process.argv.slice(2);
const makeClient = library === 'ioredis' ? storeClients.ioredis : storeClients['node-redis'];
const scripted = new ScriptedManager({ store: new RedisStore(makeClient(Number(port))) });

const requests = {
  ready: () => scripted.manager.ready(),
  behave: (key: TestKey, outcome: Outcome) => scripted.behave(key, outcome),
  startCalling: (everyMs: number) => {
    scripted.onAttempt = (attempted) => process.send?.({ attempted });
    scripted.startCalling(everyMs);
  },
  stopCalling: () => {
    scripted.stopCalling();
    return scripted.report();
  },
  call: () => scripted.call(),
  callOften: async (times: number) => {
    for (let time = 0; time < times; time++) {
      await scripted.call();
      // Others are to have their turn as they have between real calls.
      if (time % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  },
  states: () => scripted.states(),
  storeEvents: () => scripted.storeEvents,
  close: () => scripted.manager.close(),
  letGo: () => process.disconnect?.(),
};

/** What a parent can ask for. */
export type ChildRequests = typeof requests;

interface Request {
  readonly id: number;
  readonly name: keyof ChildRequests;
  readonly args: readonly unknown[];
}

async function answer({ id, name, args }: Request): Promise<void> {
  try {
    const value = await (requests[name] as (...all: readonly unknown[]) => unknown)(...args);
    if (process.connected) process.send?.({ id, value });
  } catch (error) {
    process.send?.({ id, error: String(error) });
  }
}

process.on('message', (request) => void answer(request as Request));
