// A process with streams that their consumers drop. It runs one scenario and prints its result.
import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import {
  ApiKeyManager,
  currentAttempt,
  customProvider,
  registry,
  wrapWithFallback,
  type ApiKey,
  type Attempt,
  type FallbackOptions,
} from '../../src/index.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

const mostRounds = 300;
const provider = customProvider('scripted');
const manager = new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false });
registry.register(manager);
const { signal } = new AbortController();
const attempts: Attempt[] = [];
const streams: WeakRef<object>[] = [];
let closed = 0;
let release = () => {};

/** A method that yields numbers, and waits before those in `pausesBefore` until `release()` is called. */
function counting(options: FallbackOptions = {}, ...pausesBefore: number[]) {
  const call = wrapWithFallback(
    async function* (_key: ApiKey<typeof provider>, _signal: AbortSignal) {
      attempts.push(currentAttempt());
      try {
        for (let chunk = 0; chunk < 100; chunk++) {
          if (pausesBefore.includes(chunk)) await new Promise<void>((resolve) => (release = resolve));
          yield chunk;
        }
      } finally {
        closed++;
      }
    },
    { provider, ...options },
  );
  return () => {
    const stream = call(signal);
    streams.push(new WeakRef(stream));
    return stream;
  };
}

/** Collects garbage until the condition is met, or for a number of rounds. */
async function collect(isDone: () => boolean = () => false, rounds: number = mostRounds): Promise<void> {
  for (let round = 0; round < rounds && !isDone(); round++) {
    // What a condition has looked at stays until the end of its turn.
    await turn();
    globalThis.gc?.();
    await turn();
  }
}

async function read(stream: AsyncIterator<unknown>, chunks: number): Promise<unknown> {
  let last: unknown;
  for (let chunk = 0; chunk < chunks; chunk++) last = (await stream.next()).value;
  return last;
}

function report() {
  const { usage, state } = manager.status().keys[0] ?? {};
  return {
    closed,
    inUse: usage?.inUse,
    successes: usage?.successes,
    state,
    haveEnded: attempts.every(({ hasEnded }) => hasEnded),
    listeners: getEventListeners(signal, 'abort').length,
    streams: streams.filter((stream) => stream.deref()).length,
  };
}

const isAllClosed = () => closed === attempts.length;

const scenarios = {
  async dropped() {
    await read(counting()(), 3);
    await collect(isAllClosed);
    return report();
  },

  async droppedWithIdleTimeout() {
    await read(counting({ idleTimeout: 100_000 })(), 3);
    await collect(isAllClosed);
    return report();
  },

  async droppedWhileOpening() {
    (() => void counting({}, 0)().next())();
    await collect(undefined, 20);
    const before = report();
    release();
    await collect(isAllClosed);
    return { before, after: report() };
  },

  /** What a tracing library puts in the place of a generator can lack `return()`, which is optional in the protocol. */
  async droppedWithoutReturn() {
    const method = (_key: ApiKey<typeof provider>) => {
      attempts.push(currentAttempt());
      return { next: async () => ({ value: 1, done: false }) };
    };
    Object.setPrototypeOf(method, Object.getPrototypeOf(async function* () {}) as object);
    const call = wrapWithFallback(method as never, { provider }) as unknown as () => AsyncGenerator<number>;
    await read(call(), 3);
    await collect(() => attempts.every(({ hasEnded }) => hasEnded));
    return report();
  },

  /** The consumer does not wait for the chunk that it has requested. */
  async droppedWhileAwaited() {
    await (async () => {
      const stream = counting({}, 2)();
      await read(stream, 2);
      void stream.next();
    })();
    await collect(undefined, 20);
    const before = report();
    release();
    await collect(isAllClosed);
    return { before, after: report() };
  },

  async manyDropped() {
    const start = counting();
    for (let call = 0; call < 1000; call++) await read(start(), 2);
    await collect(isAllClosed);
    return report();
  },

  async ended() {
    await (async () => {
      for await (const _ of counting()());
    })();
    await collect(() => report().streams === 0);
    return report();
  },

  /** Consumers that hold only the promise of a chunk: the first one, a later one, and one that waits behind the first. */
  async awaited() {
    const chunks: unknown[] = [];
    for (const before of [0, 1]) {
      const stream = counting({}, before);
      const last = (() => {
        const opened = stream();
        return before === 0 ? opened.next() : opened.next().then(() => opened.next());
      })();
      await collect(undefined, 20);
      release();
      chunks.push((await last).value);
    }
    const queued = (() => {
      const stream = counting({}, 0, 1)();
      void stream.next();
      return stream.next();
    })();
    await collect(undefined, 20);
    release();
    await collect(undefined, 20);
    release();
    chunks.push((await queued).value);
    return chunks;
  },

  async forAwait() {
    const chunks: number[] = [];
    for await (const chunk of counting()()) {
      chunks.push(chunk);
      globalThis.gc?.();
      await turn();
    }
    return { chunks: chunks.length, ...report() };
  },

  async held() {
    const stream = counting()();
    await read(stream, 2);
    await collect(undefined, 20);
    return { before: report(), next: await stream.next() };
  },
};

/** The name of a scenario. */
export type Scenario = keyof typeof scenarios;

process.stdout.write(JSON.stringify(await scenarios[process.argv[2] as Scenario]()));
process.exit();
