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
import type { Mutant } from './adapter-mutants.ts';
import { MinimalStore, type MinimalPool } from './minimal-store.ts';

const dayMs = 86_400_000;

interface StoreMutant extends Mutant {
  readonly Store: typeof MinimalStore;
}

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
  {
    name: 'writes the note of a holder that has lost its lease',
    Store: class extends MinimalStore {
      protected override renew(...[pool, name, mine, ttlMs, note]: Parameters<MinimalStore['renew']>): boolean {
        if (note !== undefined) this.backend.pool(pool).notes.set(name, note);
        return super.renew(pool, name, mine, ttlMs, note);
      }
    },
    fails: ['neither renews a lease that has expired, nor writes its note'],
  },
  {
    name: 'renews a lease for its first time only',
    Store: class extends MinimalStore {
      protected override renew(...[pool, name, mine, ttlMs, note]: Parameters<MinimalStore['renew']>): boolean {
        const { untilMs } = mine;
        const isHeld = super.renew(pool, name, mine, ttlMs, note);
        mine.untilMs = untilMs;
        return isHeld;
      }
    },
    fails: ['renews a lease from now, for a longer or a shorter time'],
  },
  {
    name: 'keeps a note for a day after it was written',
    Store: class extends MinimalStore {
      protected override renew(...[pool, name, mine, ttlMs, note]: Parameters<MinimalStore['renew']>): boolean {
        const { notes } = this.backend.pool(pool);
        const isHeld = super.renew(pool, name, mine, ttlMs, note);
        if (isHeld && note !== undefined) notes.set(`written ${name}`, String(this.backend.now()));
        return isHeld;
      }

      override async readNote(pool: string, name: string): Promise<string | undefined> {
        const writtenMs = Number(this.backend.pool(pool).notes.get(`written ${name}`));
        return this.backend.now() - writtenMs > dayMs ? undefined : super.readNote(pool, name);
      }
    },
    fails: ['keeps a note for a day after the last renewal, with or without a note'],
  },
];
