import type { Change, ChangeListener, Lease, SyncReply, SyncRequest } from '@api-key-fallback/core';
import type { BrokenStore } from './broken-store.ts';
import { MinimalStore, type MinimalPool } from './minimal-store.ts';

/** A store that tells its subscribers something else. */
function telling(change: (change: Change) => Change): typeof MinimalStore {
  return class extends MinimalStore {
    protected override tell(pool: MinimalPool, told: Change): void {
      super.tell(pool, change(told));
    }
  };
}

type LeaseStore = Pick<MinimalStore, 'lease'>;

/** A store that leases in another way. */
function leasing(
  lease: (honest: LeaseStore['lease'], ...request: Parameters<LeaseStore['lease']>) => Promise<Lease | null>,
): typeof MinimalStore {
  return class extends MinimalStore {
    override lease(pool: string, name: string, ttlMs: number): Promise<Lease | null> {
      return lease((...request) => super.lease(...request), pool, name, ttlMs);
    }
  };
}

export const brokenFeedStores: readonly BrokenStore[] = [
  {
    name: 'tells nobody who changed a record',
    Store: telling((told) => ({ ...told, instance: '' })),
    fails: ['tells subscribers what another store has changed, and who did'],
  },
  {
    name: 'tells the fact and not the joined record',
    Store: class extends MinimalStore {
      #facts: SyncRequest['facts'] = new Map();
      override sync(request: SyncRequest): Promise<SyncReply> {
        this.#facts = request.facts;
        return super.sync(request);
      }
      protected override tell(pool: MinimalPool, told: Change): void {
        super.tell(pool, { ...told, records: this.#facts });
      }
    },
    fails: ['tells the joined record'],
  },
  {
    name: 'tells changes with the version before',
    Store: telling((told) => ({ ...told, cursor: { ...told.cursor, version: told.cursor.version - 1 } })),
    fails: ['tells changes with rising cursors that go on from there'],
  },
  {
    name: 'tells what has not changed',
    Store: class extends MinimalStore {
      override async sync(request: SyncRequest): Promise<SyncReply> {
        const pool = this.backend.pool(request.pool);
        const { version } = pool;
        const reply = await super.sync(request);
        const { cursor } = reply;
        if (pool.version === version) this.tell(pool, { cursor, instance: request.instance, records: request.facts });
        return reply;
      }
    },
    fails: ['tells nothing when no record has changed'],
  },
  {
    name: 'tells the subscribers of all pools',
    Store: class extends MinimalStore {
      protected override tell(_pool: MinimalPool, told: Change): void {
        for (const pool of this.backend.pools) super.tell(pool, told);
      }
    },
    fails: ['tells subscribers of their pool only'],
  },
  {
    name: 'never ends a subscription',
    Store: class extends MinimalStore {
      override async subscribe(pool: string, on: ChangeListener): Promise<() => Promise<void>> {
        await super.subscribe(pool, on);
        return async () => {};
      }
    },
    fails: ['tells every subscriber until it unsubscribes'],
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
    name: 'fails with its subscribers',
    Store: class extends MinimalStore {
      protected override tell(pool: MinimalPool, told: Change): void {
        for (const listener of pool.listeners.keys()) listener.change(told);
      }
    },
    fails: ['protects writers and other subscribers from one that throws'],
  },
  {
    name: 'stops telling at the first fault',
    Store: class extends MinimalStore {
      protected override tell(pool: MinimalPool, told: Change): void {
        try {
          for (const listener of pool.listeners.keys()) listener.change(told);
        } catch {
          // The others hear nothing.
        }
      }
    },
    fails: ['protects writers and other subscribers from one that throws'],
  },
  {
    name: 'closes once',
    Store: class extends MinimalStore {
      #isClosed = false;
      override async close(): Promise<void> {
        if (this.#isClosed) throw new Error('It is closed.');
        this.#isClosed = true;
        await super.close();
      }
    },
    fails: ['closes twice'],
  },
  {
    name: 'forgets everything when it closes',
    Store: class extends MinimalStore {
      override async close(): Promise<void> {
        await super.close();
        for (const pool of this.backend.pools) for (const map of [pool.records, pool.counters]) map.clear();
      }
    },
    fails: ['keeps everything when the last store is closed'],
  },
  {
    name: 'ends the feeds of all stores when it closes',
    Store: class extends MinimalStore {
      override async close(): Promise<void> {
        for (const { listeners } of this.backend.pools) listeners.clear();
      }
    },
    fails: ['ends its own feed when it closes, and leaves other stores at work'],
  },
  {
    name: 'goes on telling when it is closed',
    Store: class extends MinimalStore {
      override async close(): Promise<void> {}
    },
    fails: ['ends its own feed when it closes, and leaves other stores at work'],
  },
  {
    name: 'leases to everybody',
    Store: leasing(async () => ({ release: async () => {} })),
    fails: [
      'leases a name to one store at a time',
      'leases to exactly one of many that ask at once',
      'leases again what was released',
      'leases again what has run out, and not before',
      'lets a holder whose time is over release nothing',
      'keeps leases of pools and names apart, whatever their names',
    ],
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
  {
    name: 'releases nothing',
    Store: leasing(async (honest, ...request) => (await honest(...request)) && { release: async () => {} }),
    fails: ['leases again what was released'],
  },
  {
    name: 'releases for anybody',
    Store: class extends MinimalStore {
      override async lease(pool: string, name: string, ttlMs: number): Promise<Lease | null> {
        const { leases } = this.backend.pool(pool);
        return (await super.lease(pool, name, ttlMs)) && { release: async () => void leases.delete(name) };
      }
    },
    fails: ['leases again what was released', 'lets a holder whose time is over release nothing'],
  },
  {
    name: 'releases what has run out for anybody',
    Store: class extends MinimalStore {
      override async lease(pool: string, name: string, ttlMs: number): Promise<Lease | null> {
        const { leases } = this.backend.pool(pool);
        const [lease, end] = [await super.lease(pool, name, ttlMs), this.backend.now() + ttlMs];
        const release = async () => void (this.backend.now() > end ? leases.delete(name) : await lease?.release());
        return lease && { release };
      }
    },
    fails: ['lets a holder whose time is over release nothing'],
  },
  {
    name: 'leases for ever',
    Store: leasing((honest, pool, name) => honest(pool, name, Infinity)),
    fails: ['leases again what has run out, and not before', 'lets a holder whose time is over release nothing'],
  },
  {
    name: 'leases for a moment',
    Store: leasing((honest, pool, name, ttlMs) => honest(pool, name, Math.min(ttlMs, 10))),
    fails: ['leases again what has run out, and not before'],
  },
  {
    name: 'confuses a pool and a name with a slash',
    Store: leasing((honest, pool, name, ttlMs) => honest('all', `${pool}/${name}`, ttlMs)),
    fails: ['keeps leases of pools and names apart, whatever their names'],
  },
];
