import {
  isSameRecord,
  joinRecords,
  type KeyRecord,
  type SyncReply,
  type SyncRequest,
  type WindowCounters,
} from '@api-key-fallback/core';
import type { BrokenStore } from './broken-store.ts';
import { MinimalStore, type MinimalPool } from './minimal-store.ts';

/** A store whose join differs from the rules. */
function joining(join: (known: KeyRecord, fact: KeyRecord, joined: KeyRecord) => KeyRecord): typeof MinimalStore {
  return class extends MinimalStore {
    protected override join(known: KeyRecord, fact: KeyRecord): KeyRecord {
      return join(known, fact, joinRecords(known, fact));
    }
  };
}

/** A store that calls something by another name. */
function renaming(rename: (request: SyncRequest) => SyncRequest): typeof MinimalStore {
  return class extends MinimalStore {
    override sync(request: SyncRequest): Promise<SyncReply> {
      return super.sync(rename(request));
    }
  };
}

function withIds<T>(records: ReadonlyMap<string, T>, rename: (id: string) => string): Map<string, T> {
  return new Map([...records].map(([id, record]) => [rename(id), record]));
}

export const brokenRecordStores: readonly BrokenStore[] = [
  {
    name: 'has no kind',
    Store: class extends MinimalStore {
      override readonly kind = '';
    },
    fails: ['has a kind that a log line can hold'],
  },
  {
    name: 'answers with what it knew before',
    Store: class extends MinimalStore {
      override async sync(request: SyncRequest): Promise<SyncReply> {
        const before = await super.sync({ ...request, facts: new Map() });
        const { records } = before;
        return { ...(await super.sync(request)), records };
      }
    },
    fails: [
      'answers with what it was just told',
      'keeps 1,000 records and their counters',
      'answers an older cursor with what has changed since, or in full',
      'tells everything to who has seen nothing',
    ],
  },
  {
    name: 'keeps the facts of the last writer only',
    Store: class extends MinimalStore {
      protected override learn(pool: MinimalPool, instance: string, facts: SyncRequest['facts']): void {
        if (facts.size > 0) for (const id of pool.records.keys()) if (!facts.has(id)) pool.records.delete(id);
        super.learn(pool, instance, facts);
      }
    },
    fails: [
      'merges the facts of two instances',
      'keeps the records, counters and versions of pools apart, whatever their names',
      'loses no fact of many that come at once',
      'tells everything to who has seen nothing',
    ],
  },
  {
    name: 'keeps a disable over a reset',
    Store: joining((known, fact, joined) => ({ ...joined, disabled: known.disabled || fact.disabled })),
    fails: ['lets a higher generation win outright'],
  },
  {
    name: 'lets a cooldown outlive a recovery',
    Store: joining((known, fact, joined) =>
      known.generation === fact.generation ? { ...joined, untilMs: Math.max(known.untilMs, fact.untilMs) } : joined,
    ),
    fails: ['lets a higher epoch replace the cooldown'],
  },
  {
    name: 'lets a recovery end a disable',
    Store: joining((known, fact, joined) => {
      if (known.generation !== fact.generation || known.epoch === fact.epoch) return joined;
      return known.epoch > fact.epoch ? known : fact;
    }),
    fails: ['lets a higher epoch keep the disable'],
  },
  {
    name: 'keeps the first end of a cooldown',
    Store: joining((known, fact, joined) =>
      known.untilMs > 0 && known.generation === fact.generation && known.epoch === fact.epoch
        ? { ...joined, untilMs: known.untilMs }
        : joined,
    ),
    fails: [
      'lets the longer cooldown win, with its reason',
      'lets the higher level survive a longer cooldown',
      'ends the same in any order, doubled and repeated',
      'raises its version when a record has changed',
    ],
  },
  {
    name: 'keeps the first reason',
    Store: joining((known, fact, joined) =>
      known.untilMs === fact.untilMs && known.epoch === fact.epoch ? { ...joined, reason: known.reason } : joined,
    ),
    fails: ['lets equal cooldowns agree on a reason'],
  },
  {
    name: 'takes the level of the longer cooldown',
    Store: joining((known, fact, joined) =>
      known.epoch === fact.epoch && known.generation === fact.generation
        ? { ...joined, level: (known.untilMs > fact.untilMs ? known : fact).level }
        : joined,
    ),
    fails: [
      'lets the higher level survive a longer cooldown',
      'ends the same in any order, doubled and repeated',
      'tells the joined record',
    ],
  },
  {
    name: 'forgets a disable over a cooldown',
    Store: joining((known, fact, joined) =>
      known.epoch === fact.epoch && known.generation === fact.generation && fact.untilMs !== known.untilMs
        ? { ...joined, disabled: (known.untilMs > fact.untilMs ? known : fact).disabled }
        : joined,
    ),
    fails: ['lets a disable survive a longer cooldown', 'ends the same in any order, doubled and repeated'],
  },
  {
    name: 'raises the level when a fact is repeated',
    Store: joining((known, fact, joined) =>
      isSameRecord(known, fact) && known.untilMs > 0 ? { ...joined, level: joined.level + 1 } : joined,
    ),
    fails: [
      'ends the same in any order, doubled and repeated',
      'keeps its version when nothing has changed',
      'tells nothing when no record has changed',
    ],
  },
  {
    name: 'drops the buckets of ids',
    Store: renaming((request) => ({ ...request, facts: withIds(request.facts, (id) => id.replace(/\/.*/s, '')) })),
    fails: ['keeps records of buckets, whatever their names'],
  },
  {
    name: 'loses ids that objects know',
    Store: renaming((request) => ({
      ...request,
      facts: new Map([...request.facts].filter(([id]) => !(id in Object.prototype))),
    })),
    fails: ['keeps records of buckets, whatever their names'],
  },
  {
    name: 'has one pool for names of different case',
    Store: renaming((request) => ({ ...request, pool: request.pool.toLowerCase() })),
    fails: ['keeps the records, counters and versions of pools apart, whatever their names'],
  },
  {
    name: 'keeps one version for all pools',
    Store: class extends MinimalStore {
      protected override learn(pool: MinimalPool, instance: string, facts: SyncRequest['facts']): void {
        const before = pool.version;
        super.learn(pool, instance, facts);
        if (pool.version === before) return;
        for (const other of this.backend.pools) if (other !== pool) other.version += 1;
      }
    },
    fails: ['keeps the records, counters and versions of pools apart, whatever their names'],
  },
  {
    name: 'takes 200 records at most',
    Store: renaming((request) => ({ ...request, facts: new Map([...request.facts].slice(0, 200)) })),
    fails: ['keeps 1,000 records and their counters'],
  },
  {
    name: 'writes back what it read before',
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
    name: 'notes its clock in the request',
    Store: renaming((request) => Object.assign(request, { at: 1 })),
    fails: ['changes nothing in a request'],
  },
  {
    name: 'keeps the arrays of its callers',
    Store: class extends MinimalStore {
      protected override count(pool: MinimalPool, instance: string, counters: WindowCounters): void {
        super.count(pool, instance, counters);
        for (const [keyId, counts] of counters.totals) {
          const known = pool.counters.get(JSON.stringify([counters.window, instance, keyId]));
          if (known?.totals.toString() === counts.toString()) known.totals = counts;
        }
      }
    },
    fails: ['shares no map or array with its callers'],
  },
];
