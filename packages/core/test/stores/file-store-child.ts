// A child process with a FileStore that runs the requests of its parent.
import { FileStore } from '../../src/stores/file-store.ts';
import { freshRecord } from '../../src/state/key-record.ts';
import type { Lease, SyncRequest } from '../../src/stores/key-state-store.ts';
import { countInNote } from '../../../../test-support/count-in-note.ts';
import { giveUpRights } from '../give-up-rights.ts';

const [directory = '', task = 'serve', argument = '', rights = ''] = process.argv.slice(2);
if (rights === 'powerless') giveUpRights();
const store = new FileStore(directory);
let lease: Lease | null = null;

function send(message: unknown): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, () => resolve());
  });
}

/** A request with one more fact and one more count. */
function step(id: string, number: number): SyncRequest {
  const record = { ...freshRecord, untilMs: number, level: 1, reason: 'rate-limited' as const };
  const counters = [{ window: 'total', expiresAtMs: 4_000_000_000_000, totals: new Map([[id, [number]]]) }];
  return { pool: 'openai', instance: id, facts: new Map([[id, record]]), counters, withTotals: false, seen: undefined };
}

const calls = {
  sync: (request: SyncRequest) => store.sync(request),
  lease: async (name: string, ttlMs: number) => {
    lease = await store.lease('openai', name, ttlMs);
    return lease !== null;
  },
  renew: (ttlMs: number, note?: string) => lease?.renew?.(ttlMs, note),
  countInNote: (ms: number) => countInNote(store, 'openai', ms),
  release: () => lease?.release(),
  close: () => store.close(),
};

interface Call {
  readonly id: number;
  readonly method: keyof typeof calls;
  readonly args: readonly unknown[];
}

async function answer({ id, method, args }: Call): Promise<void> {
  try {
    await send({ id, value: await (calls[method] as (...all: readonly unknown[]) => unknown)(...args) });
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    await send({ id, error: { message, code } });
  }
}

const tasks: Readonly<Record<string, () => Promise<void>>> = {
  serve: async () => {
    // Without a handler, exceeding the file size limit ends the process.
    process.on('SIGXFSZ', () => {});
    process.on('message', (call) => void answer(call as Call));
  },
  mark: async () => {
    await store.subscribe('openai', { change: () => {}, gap: () => {} });
    await store.sync(step(argument, 1));
    process.exitCode = 7;
    // Neither closes the store nor exits.
    process.disconnect?.();
  },
  work: async () => {
    for (let number = 1; ; number++) {
      await store.sync(step(argument, number));
      await send(number);
    }
  },
  count: async () => {
    const times = Number(argument);
    for (let number = 1; number <= times;) {
      const many = Array.from({ length: 20 }, () => step('shared', number++));
      await Promise.all(
        many.map(({ counters }) => store.sync({ ...step(`${process.pid}`, 0), facts: new Map(), counters })),
      );
    }
    process.disconnect?.();
  },
};

await tasks[task]?.();
