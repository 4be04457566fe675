import { MemoryStore } from '@api-key-fallback/core';
import type { ChangeListener, KeyStateStore, Lease, SyncReply, SyncRequest } from '@api-key-fallback/core/store';
import { settle, type FakeRuntime } from '../fake-runtime.ts';

/** Lets everything pass between managers and their stores that does not wait for a timer. */
export async function exchange(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await settle();
}

/** A memory store in a world of its own clock that can be away, hang, lose its memory and its messages. */
export class UnreliableStore implements KeyStateStore {
  readonly kind = 'unreliable';
  readonly requests: SyncRequest[] = [];
  /** Every use of the store, by method. */
  readonly uses: string[] = [];
  failure: Error | undefined;
  isHanging = false;
  /** How long an operation takes, on this clock. */
  slowness: { readonly ms: number; readonly runtime: FakeRuntime } | undefined;
  /** Whether answers are lost after all has been done. */
  isDeaf = false;
  /** Whether changes are told to nobody. */
  isMute = false;
  time = 1_000_000;
  #memory = new MemoryStore({ now: () => this.time });

  /** As after an empty restart. */
  forget(): void {
    this.#memory = new MemoryStore({ now: () => this.time });
  }

  sync(request: SyncRequest): Promise<SyncReply> {
    this.requests.push(request);
    return this.#use('sync', () => this.#memory.sync(request));
  }

  subscribe(pool: string, on: ChangeListener): Promise<() => Promise<void>> {
    const listener: ChangeListener = {
      change: (change) => {
        if (!this.isMute) on.change(change);
      },
      gap: () => on.gap(),
    };
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
    if (this.isDeaf) throw new Error('the answer was lost');
    return result;
  }
}

const stepMs = 250;

/** Lets time pass for a store and for processes alike, in steps so small that no clock is far ahead of another. */
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
