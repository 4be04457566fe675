// A child process with a manager that runs the requests of its parent.
import type { KeyLimits } from '@api-key-fallback/core';
import { RedisStore } from '@api-key-fallback/redis';
import type { Lease } from '@api-key-fallback/core/store';
import { answerRequests } from '../../../test-support/answer-requests.ts';
import { countInNote } from '../../../test-support/count-in-note.ts';
import { ScriptedManager, type Outcome, type TestKey } from './scripted-manager.ts';
import { storeClients } from './store-clients.ts';

const [library, port, limits = ''] = process.argv.slice(2);
const makeClient = library === 'ioredis' ? storeClients.ioredis : storeClients['node-redis'];
const store = new RedisStore(makeClient(Number(port)));
let lease: Lease | null = null;
const scripted = new ScriptedManager({
  store,
  ...(limits === '' ? {} : { limits: JSON.parse(limits) as KeyLimits }),
});

const requests = {
  ready: () => scripted.manager.ready(),
  setOutcome: (key: TestKey, outcome: Outcome) => scripted.setOutcome(key, outcome),
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
      // Lets timers and sockets run, as they do between real calls.
      if (time % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  },
  states: () => scripted.states(),
  storeEvents: () => scripted.storeEvents,
  lease: async (name: string, ttlMs: number) => {
    lease = await store.lease('openai', name, ttlMs);
    return lease !== null;
  },
  renew: (ttlMs: number, note: string) => lease?.renew?.(ttlMs, note),
  countInNote: (ms: number) => countInNote(store, 'openai', ms),
  close: () => scripted.manager.close(),
};

/** The requests that a parent can send. */
export type ChildRequests = typeof requests;

answerRequests(requests);
