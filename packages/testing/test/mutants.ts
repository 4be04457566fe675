import {
  readField,
  type ErrorVerdict,
  type ProbeContext,
  type ProbeResult,
  type ProviderAdapter,
} from '@api-key-fallback/core/adapter';
import {
  joinRecords,
  type ChangeListener,
  type Cursor,
  type KeyRecord,
  type Lease,
  type SyncReply,
  type SyncRequest,
  type WindowCounters,
} from '@api-key-fallback/core/store';
import { MinimalStore, type MinimalPool } from './minimal-store.ts';
import { clientFor, soundAdapter, type SoundClient } from './sound-adapter.ts';

/** A correct adapter or store with one fault. */
interface Mutant {
  readonly name: string;
  /** The checks that must fail; all others must pass. */
  readonly fails: readonly string[];
}

interface AdapterMutant extends Mutant {
  readonly adapter: ProviderAdapter<SoundClient>;
}

interface StoreMutant extends Mutant {
  readonly Store: typeof MinimalStore;
}

function classifying(
  change: (error: unknown, verdict: ErrorVerdict | undefined) => ErrorVerdict | undefined,
): ProviderAdapter<SoundClient> {
  return {
    ...soundAdapter,
    classifyError: (error, context) => change(error, soundAdapter.classifyError(error, context)),
  };
}

function connecting(createClient: (secret: string, url: string) => SoundClient): ProviderAdapter<SoundClient> {
  return {
    ...soundAdapter,
    createClient: (secret, options) => createClient(secret, String(readField(options, 'url'))),
  };
}

function probing(
  probe: (ask: () => Promise<ProbeResult>, context: ProbeContext) => Promise<ProbeResult>,
): ProviderAdapter<SoundClient> {
  return {
    ...soundAdapter,
    async probe(secret, context) {
      const ask = () => soundAdapter.probe?.(secret, context) ?? Promise.reject(new Error('The adapter has no probe.'));
      return probe(ask, context);
    },
  };
}

const otherClients = 'gets the same verdict for a recorded error, whichever client throws it';
const inErrorOf = (client: string): string => `in the error of ${client}`;
const sameVerdict = (form: string): string => `gets the same verdict ${form}`;
const seenErrors = new WeakSet<Error>();
let lastKey = '';

/** The costliest mistakes of an adapter: a crash, a disabled key, a leak, a wrong key, repeated requests, a false check. */
export const adapterMutants: readonly AdapterMutant[] = [
  {
    name: 'throws for values it cannot read',
    adapter: classifying((error, verdict) => ((error as { status: unknown }).status === 0 ? undefined : verdict)),
    fails: ['undefined', 'null', 'an object whose getters throw', 'a proxy that allows nothing', 'a revoked proxy'].map(
      (value) => `does not throw for ${value}`,
    ),
  },
  {
    name: 'classifies a rate limit as an invalid key',
    adapter: classifying((_, verdict) =>
      verdict?.kind === 'rate-limited' ? { kind: 'invalid-key', reason: verdict.reason } : verdict,
    ),
    fails: ['classifies too many as rate-limited', 'is rate-limited'],
  },
  {
    name: 'reads the status in one place only',
    adapter: classifying((error, verdict) => (typeof readField(error, 'status') === 'number' ? verdict : undefined)),
    // For both recorded responses.
    fails: [[otherClients], []].flatMap((first) => [
      ...first,
      ...['ai (APICallError)', 'ai (RetryError)', 'undici', 'got', 'ky', 'the AWS SDK'].map(inErrorOf).map(sameVerdict),
      ...['with the status as text', 'as the cause of another error', 'in an AggregateError'].map(sameVerdict),
      sameVerdict(inErrorOf('@grpc/grpc-js')),
    ]),
  },
  {
    name: 'uses the message, which may contain a key, as the reason',
    adapter: classifying((error, verdict) => {
      const message = readField(error, 'message');
      if (verdict?.kind !== 'invalid-key' || typeof message !== 'string') return verdict;
      return { ...verdict, reason: message.replaceAll(/\W+/g, '_').slice(0, 64) };
    }),
    fails: ['returns no verdict that contains the key or message of an error', otherClients],
  },
  {
    name: 'remembers errors it has classified',
    adapter: classifying((error, verdict) => {
      if (!verdict || !(error instanceof Error)) return verdict;
      if (seenErrors.has(error)) return undefined;
      seenErrors.add(error);
      return verdict;
    }),
    fails: ['returns the same verdict every time, in any order'],
  },
  {
    name: 'creates clients that share the last key',
    adapter: connecting((secret, url) => {
      lastKey = secret;
      return clientFor(() => lastKey, url);
    }),
    fails: [
      'sends its own key, and no other',
      ...[401, 403, 408, 409, 429, 500, 503].map(
        (status) => `sends one request, with its own key each time, when the status is ${status}`,
      ),
    ],
  },
  {
    name: 'creates clients with their own retries',
    adapter: connecting((secret, url) => {
      const ask = clientFor(() => secret, url);
      return () =>
        ask().catch((error: unknown) => (readField(error, 'status') === 429 ? ask() : Promise.reject(error)));
    }),
    fails: ['sends one request, with its own key each time, when the status is 429'],
  },
  {
    name: 'leaves the key of the caller in a request',
    adapter: {
      ...soundAdapter,
      authorize: (request, secret) => {
        request.headers.append('x-api-key', secret);
        return request;
      },
    },
    fails: ['replaces an existing key'],
  },
  {
    name: 'takes any response to a probe for a working key',
    adapter: probing(async (ask) => {
      await ask();
      return { outcome: 'working' };
    }),
    fails: [
      'refuses a key that the provider refuses as invalid',
      'is inconclusive when the provider or the network fails',
    ],
  },
  {
    name: 'repeats a probe that fails',
    adapter: probing(async (ask) => {
      const result = await ask();
      return result.outcome === 'inconclusive' ? ask() : result;
    }),
    fails: ['sends one request, with the given key and no other, through the given fetch'],
  },
  {
    name: 'does not expect a probe to fail',
    adapter: probing(async (_ask, { fetch, clientOptions }) => {
      const authorization = 'Bearer conformance-key-1-0123456789';
      const response = await fetch(String(readField(clientOptions, 'url')), { headers: { authorization } });
      return response.ok
        ? { outcome: 'working' }
        : { outcome: 'refused', verdict: { kind: 'invalid-key', reason: 'refused' } };
    }),
    fails: [
      'sends one request, with the given key and no other, through the given fetch',
      'is inconclusive when the provider or the network fails',
      'ends when its signal aborts',
      'returns a valid result for any response and failure, and never rejects',
      'reads or cancels the body of the response',
    ],
  },
];

/** The costliest mistakes of a store: lost facts, counts or changes, and a lease with two holders. */
export const storeMutants: readonly StoreMutant[] = [
  {
    name: 'enables a disabled key on recovery',
    Store: class extends MinimalStore {
      protected override join(known: KeyRecord, fact: KeyRecord): KeyRecord {
        if (known.generation !== fact.generation || known.epoch === fact.epoch) return joinRecords(known, fact);
        return known.epoch > fact.epoch ? known : fact;
      }
    },
    fails: ['joins records: a higher epoch keeps the key disabled'],
  },
  {
    name: 'overwrites concurrent changes',
    Store: class extends MinimalStore {
      override async sync(request: SyncRequest): Promise<SyncReply> {
        const { records } = this.backend.pool(request.pool);
        const read = [...records];
        await Promise.resolve();
        if (request.facts.size > 0) records.clear();
        if (request.facts.size > 0) for (const [id, known] of read) records.set(id, known);
        return super.sync(request);
      }
    },
    fails: ['keeps every fact of concurrent requests'],
  },
  {
    name: 'adds a repeated total',
    Store: class extends MinimalStore {
      protected override count(pool: MinimalPool, instance: string, counters: WindowCounters): void {
        const grown = [...counters.totals].map(([keyId, counts]) => {
          const known = pool.counters.get(JSON.stringify([counters.window, instance, keyId]))?.totals ?? [];
          return [keyId, counts.map((count, place) => count + (known[place] ?? 0))] as const;
        });
        super.count(pool, instance, { ...counters, totals: new Map(grown) });
      }
    },
    fails: [
      'counts a total once when it is sent again',
      'ignores a smaller total that arrives late',
      'keeps totals that become longer',
      'keeps a window until the latest expiresAtMs',
      'keeps every count of concurrent requests',
    ],
  },
  {
    name: 'ignores the incarnation of a cursor',
    Store: class extends MinimalStore {
      protected override since(pool: MinimalPool, seen: Cursor | undefined): Pick<SyncReply, 'full' | 'records'> {
        return super.since(pool, seen && { ...seen, incarnation: pool.incarnation });
      }
    },
    fails: ['returns everything for a cursor of another incarnation'],
  },
  {
    name: 'ends all subscriptions together with one',
    Store: class extends MinimalStore {
      override async subscribe(pool: string, on: ChangeListener): Promise<() => Promise<void>> {
        await super.subscribe(pool, on);
        return async () => this.backend.pool(pool).listeners.clear();
      }
    },
    fails: ['notifies every subscriber until it unsubscribes'],
  },
  {
    name: 'checks for a lease before it waits',
    Store: class extends MinimalStore {
      override async lease(pool: string, name: string, ttlMs: number): Promise<Lease | null> {
        const { leases } = this.backend.pool(pool);
        if ((leases.get(name)?.untilMs ?? 0) > this.backend.now()) return null;
        await Promise.resolve();
        leases.delete(name);
        return super.lease(pool, name, ttlMs);
      }
    },
    fails: ['grants a lease to one of many concurrent requests'],
  },
];
