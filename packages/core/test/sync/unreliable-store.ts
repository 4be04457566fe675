import { MemoryStore } from '@api-key-fallback/core';
import type {
  Change,
  ChangeListener,
  KeyStateStore,
  Lease,
  SyncReply,
  SyncRequest,
} from '@api-key-fallback/core/store';
import { settle, type FakeRuntime } from '../fake-runtime.ts';

/** Settles all exchanges between managers and stores that wait for no timer. */
export async function exchange(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await settle();
}

/** A memory store with its own clock that can be away, hang, lose its data and lose messages of its feed. */
export class UnreliableStore implements KeyStateStore {
  readonly kind = 'unreliable';
  readonly requests: SyncRequest[] = [];
  /** The method of every use, in order. */
  readonly uses: string[] = [];
  failure: Error | undefined;
  isHanging = false;
  /** The duration of each operation, and the clock that it waits on. */
  slowness: { readonly ms: number; readonly runtime: FakeRuntime } | undefined;
  /** Whether operations complete but their answers are lost. */
  losesAnswers = false;
  /** Answers arrive when it resolves. */
  answerGate: Promise<void> | undefined;
  /** Whether the first answer after a loss of data says that it is the first. */
  marksFirst = true;
  /** Whether the feed delivers no changes. */
  isMute = false;
  /** The most facts of a request that it answers. */
  largest = Infinity;
  time = 1_000_000;
  readonly #listeners = new Set<ChangeListener>();
  #isEmpty = false;
  #memory = new MemoryStore({ now: () => this.time });

  /** Loses all data, as after a restart without persistence. */
  forget(): void {
    this.#isEmpty = true;
    this.#memory = new MemoryStore({ now: () => this.time });
  }

  /** Delivers a change as it is to all listeners. */
  tell(change: Change): void {
    for (const on of this.#listeners) on.change(change);
  }

  sync(request: SyncRequest): Promise<SyncReply> {
    this.requests.push(request);
    return this.#use('sync', async () => {
      if (request.facts.size > this.largest) throw new Error('no answer in time');
      const isFirst = this.#isEmpty && this.marksFirst;
      this.#isEmpty = false;
      return { ...(await this.#memory.sync(request)), isFirst };
    });
  }

  subscribe(pool: string, on: ChangeListener): Promise<() => Promise<void>> {
    const listener: ChangeListener = {
      change: (change) => {
        if (!this.isMute) on.change(change);
      },
      gap: () => on.gap(),
    };
    this.#listeners.add(on);
    return this.#use('subscribe', () => this.#memory.subscribe(pool, listener));
  }

  lease(pool: string, name: string, ttlMs: number): Promise<Lease | null> {
    return this.#use('lease', () => this.#memory.lease(pool, name, ttlMs));
  }

  async close(): Promise<void> {
    this.uses.push('close');
  }

  async #use<T>(method: string, run: () => Promise<T>): Promise<T> {
    this.uses.push(method);
    if (this.isHanging) return new Promise(() => {});
    if (this.failure) throw this.failure;
    if (this.slowness) await this.slowness.runtime.pass(this.slowness.ms);
    const result = await run();
    await this.answerGate;
    if (this.losesAnswers) throw new Error('the answer was lost');
    return result;
  }
}

const stepMs = 250;

/** Advances the clocks of a store and of processes together, in small steps so that none is far ahead. */
export async function passTogether(
  ms: number,
  store: UnreliableStore,
  processes: readonly { readonly runtime: FakeRuntime }[],
): Promise<void> {
  for (let leftMs = ms; leftMs > 0; leftMs -= stepMs) {
    const step = Math.min(stepMs, leftMs);
    store.time += step;
    await Promise.all(processes.map(({ runtime }) => runtime.advance(step)));
  }
  await exchange();
}
