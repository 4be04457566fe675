// A child process that watches a key manager, on a fast clock, and runs the requests of its parent.
import { ApiKeyManager, customProvider, FileStore, KeyFailedError } from '@api-key-fallback/core';
import { defineAdapter } from '@api-key-fallback/core/adapter';
import { watchKeys } from '@api-key-fallback/alerts';
import { RedisStore } from '@api-key-fallback/redis';
import { Redis } from 'ioredis';
import { answerRequests } from '../../../../test-support/answer-requests.ts';
import { fastRuntime, fastStore } from './fast-time.ts';

const [place = '', startMs = '', repeatIntervalMs = ''] = process.argv.slice(2);
const store = place.startsWith('redis:')
  ? new RedisStore(new Redis(place, { lazyConnect: true }))
  : new FileStore(place);
const adapter = defineAdapter({
  name: customProvider('acme'),
  displayName: 'Acme',
  env: 'ACME_API_KEY',
  classifyError: () => undefined,
});
const keys = ['test-key-one-0123456789', 'test-key-two-0123456789'];
const manager = new ApiKeyManager(adapter, keys, { store, logger: false });
let leaseName = '';
const takeLease = store.lease.bind(store);
store.lease = (pool, name, ttlMs) => {
  if (name.startsWith('alerts.')) leaseName = name;
  return takeLease(pool, name, ttlMs);
};
const sent: string[] = [];
const logged: string[] = [];
const warn = (line: string) => logged.push(line);
const watch = watchKeys({
  managers: [manager],
  channels: [({ kind, alerts }) => sent.push(`${kind} ${alerts.map(({ rule }) => rule).join(' ')}`)],
  rules: { 'provider.exhausted': { forMs: 0, keepFiringMs: 0 }, 'last.key': false },
  groupWaitMs: 1000,
  groupIntervalMs: 1000,
  repeatIntervalMs: Number(repeatIntervalMs),
  store: fastStore(store),
  runtime: fastRuntime(Number(startMs)),
  logger: { debug: warn, info: warn, warn, error: warn },
});

const requests = {
  ready: () => manager.ready(),
  exhaust: async () => {
    const failed = manager.retryWithFallback(() => {
      throw new KeyFailedError('rate-limited', { retryAfterMs: 3_600_000 });
    });
    await failed.catch(() => {});
  },
  heal: () => manager.reset(),
  sent: () => sent,
  noted: async () => (await store.readNote('acme', leaseName)) ?? '',
  logged: () => logged,
  firing: () => watch.firing().length,
  close: async () => {
    await watch.close();
    await manager.close();
    await store.close();
  },
};

/** The requests that a parent can send. */
export type WatchingRequests = typeof requests;

answerRequests(requests);
