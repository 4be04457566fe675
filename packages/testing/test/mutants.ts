import { readField, type ErrorVerdict, type ProviderAdapter } from '@api-key-fallback/core/adapter';
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

/** A sound subject with one fault. */
interface Mutant {
  readonly name: string;
  /** Every check that must fail; no other may. */
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

const judged = new WeakSet<Error>();
let lastKey = '';

/** The mistakes of an adapter that cost most: a crash, a dead key, a leak, a wrong key, twice the requests. */
export const adapterMutants: readonly AdapterMutant[] = [
  {
    name: 'throws for what it cannot read',
    adapter: classifying((error, verdict) => ((error as { status: unknown }).status === 0 ? undefined : verdict)),
    fails: ['undefined', 'null', 'an object whose getters throw', 'a proxy that allows nothing', 'a revoked proxy'].map(
      (value) => `does not throw for ${value}`,
    ),
  },
  {
    name: 'takes a rate limit for a dead key',
    adapter: classifying((_, verdict) =>
      verdict?.kind === 'rate-limited' ? { kind: 'invalid-key', reason: verdict.reason } : verdict,
    ),
    fails: ['judges too many as rate-limited'],
  },
  {
    name: 'makes its reason of the message, which may show a key',
    adapter: classifying((error, verdict) => {
      const message = readField(error, 'message');
      if (verdict?.kind !== 'invalid-key' || typeof message !== 'string') return verdict;
      return { ...verdict, reason: message.replaceAll(/\W+/g, '_').slice(0, 64) };
    }),
    fails: ['shows neither the key nor the message of an error'],
  },
  {
    name: 'remembers what it has judged',
    adapter: classifying((error, verdict) => {
      if (!verdict || !(error instanceof Error)) return verdict;
      if (judged.has(error)) return undefined;
      judged.add(error);
      return verdict;
    }),
    fails: ['gives the same verdict again, in any order'],
  },
  {
    name: 'makes clients that share the last key',
    adapter: connecting((secret, url) => {
      lastKey = secret;
      return clientFor(() => lastKey, url);
    }),
    fails: [
      'sends the key it was made for, and no other',
      ...[401, 403, 408, 409, 429, 500, 503].map(
        (status) => `sends one request, and its key the next time, when the answer is ${status}`,
      ),
    ],
  },
  {
    name: 'makes clients that try again by themselves',
    adapter: connecting((secret, url) => {
      const ask = clientFor(() => secret, url);
      return () =>
        ask().catch((error: unknown) => (readField(error, 'status') === 429 ? ask() : Promise.reject(error)));
    }),
    fails: ['sends one request, and its key the next time, when the answer is 429'],
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
    fails: ['replaces a key that is there'],
  },
];

/** The mistakes of a store that cost most: facts, counts or changes that are lost, and a lease with two holders. */
export const storeMutants: readonly StoreMutant[] = [
  {
    name: 'lets a recovery end a disable',
    Store: class extends MinimalStore {
      protected override join(known: KeyRecord, fact: KeyRecord): KeyRecord {
        if (known.generation !== fact.generation || known.epoch === fact.epoch) return joinRecords(known, fact);
        return known.epoch > fact.epoch ? known : fact;
      }
    },
    fails: ['lets a higher epoch keep the disable'],
  },
  {
    name: 'writes back what it has read before',
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
    fails: ['loses no fact of many that come at once'],
  },
  {
    name: 'adds a total that is sent again',
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
      'counts a total once, however often it is sent',
      'ignores a smaller total that comes late',
      'lets totals grow by new places',
      'keeps a window to the latest end it was told',
      'loses no count of many that come at once',
    ],
  },
  {
    name: 'takes any incarnation for its own',
    Store: class extends MinimalStore {
      protected override since(pool: MinimalPool, seen: Cursor | undefined): Pick<SyncReply, 'full' | 'records'> {
        return super.since(pool, seen && { ...seen, incarnation: pool.incarnation });
      }
    },
    fails: ['tells everything to who comes from another incarnation'],
  },
  {
    name: 'ends all subscriptions with one',
    Store: class extends MinimalStore {
      override async subscribe(pool: string, on: ChangeListener): Promise<() => Promise<void>> {
        await super.subscribe(pool, on);
        return async () => this.backend.pool(pool).listeners.clear();
      }
    },
    fails: ['tells every subscriber until it unsubscribes'],
  },
  {
    name: 'looks for a holder before it waits',
    Store: class extends MinimalStore {
      override async lease(pool: string, name: string, ttlMs: number): Promise<Lease | null> {
        const { leases } = this.backend.pool(pool);
        if ((leases.get(name)?.untilMs ?? 0) > this.backend.now()) return null;
        await Promise.resolve();
        leases.delete(name);
        return super.lease(pool, name, ttlMs);
      }
    },
    fails: ['leases to exactly one of many that ask at once'],
  },
];
