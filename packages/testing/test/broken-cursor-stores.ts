import type { Cursor, SyncReply, SyncRequest } from '@api-key-fallback/core';
import type { BrokenStore } from './broken-store.ts';
import { MinimalStore, type MinimalBackend, type MinimalPool } from './minimal-store.ts';

type News = Pick<SyncReply, 'full' | 'records'>;

/** A store that answers another cursor than the one it was shown. */
function seeing(see: (seen: Cursor, pool: MinimalPool) => Cursor): typeof MinimalStore {
  return class extends MinimalStore {
    protected override since(pool: MinimalPool, seen: Cursor | undefined): News {
      return super.since(pool, seen && see(seen, pool));
    }
  };
}

/** A store that changes what it tells about records. */
function telling(change: (news: News, pool: MinimalPool, seen: Cursor | undefined) => News): typeof MinimalStore {
  return class extends MinimalStore {
    protected override since(pool: MinimalPool, seen: Cursor | undefined): News {
      return change(super.since(pool, seen), pool, seen);
    }
  };
}

/** A store that raises its version although no record has changed. */
function bumping(bumps: (request: SyncRequest) => boolean): typeof MinimalStore {
  return class extends MinimalStore {
    override sync(request: SyncRequest): Promise<SyncReply> {
      if (bumps(request)) this.backend.pool(request.pool).version += 1;
      return super.sync(request);
    }
  };
}

function onClock(read: (now: number) => number): typeof MinimalStore {
  return class extends MinimalStore {
    override async sync(request: SyncRequest): Promise<SyncReply> {
      const reply = await super.sync(request);
      return { ...reply, now: read(reply.now) };
    }
  };
}

export const brokenCursorStores: readonly BrokenStore[] = [
  {
    name: 'says in part that it is empty',
    Store: telling(({ full, records }) => ({ full: full && records.size > 0, records })),
    fails: ['starts empty, and says so in full'],
  },
  {
    name: 'raises its version for every fact',
    Store: bumping(({ facts }) => facts.size > 0),
    fails: ['keeps its version when nothing has changed'],
  },
  {
    name: 'raises its version for counters',
    Store: bumping(({ counters }) => counters.length > 0),
    fails: ['keeps its version when only counters have grown'],
  },
  {
    name: 'has one version for ever',
    Store: class extends MinimalStore {
      protected override cursor({ incarnation }: MinimalPool): Cursor {
        return { incarnation, version: 1 };
      }
      protected override since(pool: MinimalPool): News {
        return super.since(pool, undefined);
      }
    },
    fails: [
      'raises its version when a record has changed',
      'tells what another store has changed since',
      'tells changes with rising cursors that go on from there',
    ],
  },
  {
    name: 'skips a version',
    Store: seeing(({ incarnation, version }, pool) => ({
      incarnation,
      version: version < pool.version ? version + 1 : version,
    })),
    fails: [
      'answers an older cursor with what has changed since, or in full',
      'tells what another store has changed since',
      'tells changes with rising cursors that go on from there',
    ],
  },
  {
    name: 'calls a part full',
    Store: telling(({ records }) => ({ full: true, records })),
    fails: [
      'answers an older cursor with what has changed since, or in full',
      'answers the newest cursor with nothing, or in full',
      'tells changes with rising cursors that go on from there',
    ],
  },
  {
    name: 'repeats the last version',
    Store: seeing(({ incarnation, version }, pool) => ({
      incarnation,
      version: version === pool.version ? version - 1 : version,
    })),
    fails: ['answers the newest cursor with nothing, or in full'],
  },
  {
    name: 'tells newcomers what comes next only',
    Store: class extends MinimalStore {
      protected override since(pool: MinimalPool, seen: Cursor | undefined): News {
        return super.since(pool, seen ?? { incarnation: pool.incarnation, version: pool.version - 1 });
      }
    },
    fails: [
      'merges the facts of two instances',
      'lets a higher generation win outright',
      'lets a higher epoch replace the cooldown',
      'lets the longer cooldown win, with its reason',
      'lets equal cooldowns agree on a reason',
      'ends the same in any order, doubled and repeated',
      'keeps the records, counters and versions of pools apart, whatever their names',
      'loses no fact of many that come at once',
      'starts empty, and says so in full',
      'tells everything to who has seen nothing',
    ],
  },
  {
    name: 'takes any incarnation for its own',
    Store: seeing(({ version }, { incarnation }) => ({ incarnation, version })),
    fails: ['tells everything to who comes from another incarnation'],
  },
  {
    name: 'takes a version of the future for its own',
    Store: seeing(({ incarnation, version }, pool) => ({ incarnation, version: Math.min(version, pool.version) })),
    fails: ['tells everything to who has seen more than there is'],
  },
  {
    name: 'notes that it was opened',
    Store: class extends MinimalStore {
      constructor(backend: MinimalBackend) {
        super(backend);
        backend.pool('openai').version += 1;
      }
    },
    fails: ['changes nothing when another store is opened'],
  },
  {
    name: 'tells the time in seconds',
    Store: onClock((now) => now / 1000),
    fails: [
      'tells a plausible time that goes on',
      'forgets a window after its end, and no other',
      'keeps a window to the latest end it was told',
    ],
  },
  {
    name: 'has a clock that stands still',
    Store: onClock(() => Date.UTC(2026)),
    fails: [
      'tells a plausible time that goes on',
      'forgets a window after its end, and no other',
      'keeps a window to the latest end it was told',
    ],
  },
];
