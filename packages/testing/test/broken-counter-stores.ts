import type { SyncReply, SyncRequest, WindowCounters } from '@api-key-fallback/core';
import type { BrokenStore } from './broken-store.ts';
import { MinimalStore, type MinimalPool } from './minimal-store.ts';

/** A store that stores other counters than it was given. */
function counting(
  change: (counters: WindowCounters, instance: string, pool: MinimalPool) => WindowCounters,
): typeof MinimalStore {
  return class extends MinimalStore {
    protected override count(pool: MinimalPool, instance: string, counters: WindowCounters): void {
      super.count(pool, instance, change(counters, instance, pool));
    }
  };
}

/** A store that counts for other instances than it was told. */
function countingFor(rename: (instance: string) => string): typeof MinimalStore {
  return class extends MinimalStore {
    protected override count(pool: MinimalPool, instance: string, counters: WindowCounters): void {
      super.count(pool, rename(instance), counters);
    }
  };
}

function withCounts(
  counters: WindowCounters,
  change: (counts: readonly number[], keyId: string) => readonly number[],
): WindowCounters {
  const totals = [...counters.totals].map(([keyId, counts]) => [keyId, change(counts, keyId)] as const);
  return { ...counters, totals: new Map(totals) };
}

function knownIn(pool: MinimalPool, window: string, instance: string, keyId: string): readonly number[] | undefined {
  return pool.counters.get(JSON.stringify([window, instance, keyId]))?.totals;
}

export const brokenCounterStores: readonly BrokenStore[] = [
  {
    name: 'adds a total that is sent again',
    Store: counting((counters, instance, pool) =>
      withCounts(counters, (counts, keyId) => {
        const known = knownIn(pool, counters.window, instance, keyId) ?? [];
        return counts.map((count, place) => count + (known[place] ?? 0));
      }),
    ),
    fails: [
      'counts a total once, however often it is sent',
      'ignores a smaller total that comes late',
      'lets totals grow by new places',
      'keeps a window to the latest end it was told',
      'loses no count of many that come at once',
    ],
  },
  {
    name: 'takes the last total',
    Store: class extends MinimalStore {
      protected override count(pool: MinimalPool, instance: string, counters: WindowCounters): void {
        for (const keyId of counters.totals.keys()) {
          pool.counters.delete(JSON.stringify([counters.window, instance, keyId]));
        }
        super.count(pool, instance, counters);
      }
    },
    fails: [
      'ignores a smaller total that comes late',
      'lets totals grow by new places',
      'keeps a window to the latest end it was told',
    ],
  },
  {
    name: 'forgets keys that a request leaves out',
    Store: class extends MinimalStore {
      protected override count(pool: MinimalPool, instance: string, counters: WindowCounters): void {
        const start = JSON.stringify([counters.window, instance]).slice(0, -1);
        if (counters.totals.size > 0) {
          for (const id of pool.counters.keys()) {
            if (id.startsWith(`${start},`) && !counters.totals.has(String(JSON.parse(id)[2]))) pool.counters.delete(id);
          }
        }
        super.count(pool, instance, counters);
      }
    },
    fails: ['keeps the totals of keys that a request leaves out'],
  },
  {
    name: 'cuts totals to the places it knows',
    Store: counting((counters, instance, pool) =>
      withCounts(counters, (counts, keyId) =>
        counts.slice(0, knownIn(pool, counters.window, instance, keyId)?.length ?? counts.length),
      ),
    ),
    fails: ['lets totals grow by new places'],
  },
  {
    name: 'has one total for all instances',
    Store: countingFor(() => 'all'),
    fails: [
      'adds up the totals of instances, long and short ones',
      'counts beyond 32 bits',
      'keeps instances, windows and keys apart, whatever their names',
      'loses no count of many that come at once',
    ],
  },
  {
    name: 'counts in 32 bits',
    Store: counting((counters) => withCounts(counters, (counts) => counts.map((count) => count >>> 0))),
    fails: ['counts beyond 32 bits'],
  },
  {
    name: 'answers for all windows',
    Store: class extends MinimalStore {
      override async sync(request: SyncRequest): Promise<SyncReply> {
        const reply = await super.sync(request);
        const pool = this.backend.pool(request.pool);
        const windows = [...pool.counters.values()].map(({ window }) => window);
        return { ...reply, totals: new Map(windows.map((window) => [window, this.totals(pool, window)])) };
      }
    },
    fails: ['keeps windows apart, and answers for those it is asked about'],
  },
  {
    name: 'has one window only',
    Store: class extends MinimalStore {
      override async sync(request: SyncRequest): Promise<SyncReply> {
        const reply = await super.sync(request);
        const all = this.totals(this.backend.pool(request.pool), 'all');
        return { ...reply, totals: new Map(request.counters.map(({ window }) => [window, all])) };
      }
      protected override count(pool: MinimalPool, instance: string, counters: WindowCounters): void {
        super.count(pool, instance, { ...counters, window: 'all' });
      }
    },
    fails: [
      'keeps windows apart, and answers for those it is asked about',
      'keeps instances, windows and keys apart, whatever their names',
      'forgets a window after its end, and no other',
    ],
  },
  {
    name: 'takes instances of different case for one',
    Store: countingFor((instance) => instance.toLowerCase()),
    fails: ['keeps instances, windows and keys apart, whatever their names'],
  },
  {
    name: 'never forgets a window',
    Store: counting((counters) => ({ ...counters, expiresAtMs: Infinity })),
    fails: ['forgets a window after its end, and no other'],
  },
  {
    name: 'forgets all windows with one',
    Store: class extends MinimalStore {
      protected override forget(pool: MinimalPool, now: number): void {
        for (const { expiresAtMs } of pool.counters.values()) if (expiresAtMs <= now) return pool.counters.clear();
      }
    },
    fails: ['forgets a window after its end, and no other'],
  },
  {
    name: 'keeps the first end of a window',
    Store: class extends MinimalStore {
      protected override count(pool: MinimalPool, instance: string, counters: WindowCounters): void {
        const ends = new Map([...pool.counters].map(([id, { expiresAtMs }]) => [id, expiresAtMs]));
        super.count(pool, instance, counters);
        for (const [id, counted] of pool.counters) counted.expiresAtMs = ends.get(id) ?? counted.expiresAtMs;
      }
    },
    fails: ['keeps a window to the latest end it was told'],
  },
  {
    name: 'takes the last end of a window',
    Store: class extends MinimalStore {
      protected override count(pool: MinimalPool, instance: string, counters: WindowCounters): void {
        super.count(pool, instance, counters);
        for (const keyId of counters.totals.keys()) {
          const counted = pool.counters.get(JSON.stringify([counters.window, instance, keyId]));
          if (counted) counted.expiresAtMs = counters.expiresAtMs;
        }
      }
    },
    fails: ['keeps a window to the latest end it was told'],
  },
  {
    name: 'writes back the counters it read before',
    Store: class extends MinimalStore {
      override async sync(request: SyncRequest): Promise<SyncReply> {
        const { counters } = this.backend.pool(request.pool);
        const read = [...counters].map(([id, counted]) => [id, { ...counted }] as const);
        await Promise.resolve();
        counters.clear();
        for (const [id, counted] of read) counters.set(id, counted);
        return super.sync(request);
      }
    },
    fails: ['loses no count of many that come at once'],
  },
];
