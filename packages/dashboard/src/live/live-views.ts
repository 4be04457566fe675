import { errorMessage, type FullRuntime } from '@api-key-fallback/core/adapter';
import type { PageDocument } from '../protocol/page-document.ts';
import type { Seen } from '../protocol/messages.ts';
import { formatView, parseView, type View } from '../protocol/view.ts';
import { LiveView, type Follower } from './live-view.ts';

const everyMs = 250;
/** All views together take at most 1/20 of the time of the process. */
const restFactor = 20;
const keptMs = 120_000;
const mostKept = 200;

export interface LiveViewsOptions {
  readonly incarnation: string;
  readonly runtime: FullRuntime;
  readonly build: (view: View) => PageDocument;
  readonly warn: (text: string) => void;
}

/** The views with followers, and for two minutes those that had some, so that a client that reconnects can resume. */
export class LiveViews {
  readonly #options: LiveViewsOptions;
  readonly #views = new Map<string, LiveView>();
  /** Views without followers, the one that lost them first in front, with the function that cancels its removal. */
  readonly #left = new Map<LiveView, () => void>();
  /** A new view starts at this number or above. Otherwise a client could take its patches for those that it has missed. */
  #firstSequence = 1;
  /** When the next view may be updated. */
  #freeAtMs = 0;
  #cancelTurn = (): void => {};
  #hasFailed = false;

  constructor(options: LiveViewsOptions) {
    this.#options = options;
  }

  /** Sends a follower what it has missed, and then what changes. Returns the function that ends it. */
  follow(query: string, follower: Follower, seen?: Seen): () => void {
    const view = this.#open(query);
    if (view.dueAtMs <= this.#now()) this.#refresh(view);
    for (const frame of view.catchUp(seen)) follower.send(frame);
    view.followers.add(follower);
    this.#schedule();
    return () => this.#leave(view, follower);
  }

  /** Ends all timers. */
  close(): void {
    this.#cancelTurn();
    for (const cancel of this.#left.values()) cancel();
    this.#left.clear();
    this.#views.clear();
  }

  #open(query: string): LiveView {
    const view = parseView(query);
    const name = formatView(view);
    const { incarnation, runtime, build } = this.#options;
    const firstSequence = this.#firstSequence;
    const live =
      this.#views.get(name) ??
      new LiveView({ name, view, incarnation, firstSequence, now: () => runtime.now(), build });
    this.#views.set(name, live);
    this.#left.get(live)?.();
    this.#left.delete(live);
    return live;
  }

  #leave(view: LiveView, follower: Follower): void {
    const wasLast = view.followers.delete(follower) && view.followers.size === 0;
    if (!wasLast || this.#views.get(view.name) !== view) return;
    this.#left.set(
      view,
      this.#options.runtime.timer(keptMs, () => this.#remove(view), true),
    );
    const [oldest] = this.#left.keys();
    if (this.#left.size > mostKept && oldest) this.#remove(oldest);
    this.#schedule();
  }

  #remove(view: LiveView): void {
    this.#left.get(view)?.();
    this.#left.delete(view);
    this.#views.delete(view.name);
    this.#firstSequence = Math.max(this.#firstSequence, view.sequence + 1);
  }

  /** One view at a time, so that many views do not hold up the application together. */
  #schedule(): void {
    this.#cancelTurn();
    const followed = [...this.#views.values()].filter(({ followers }) => followers.size > 0);
    if (followed.length === 0) return;
    const next = followed.reduce((first, view) => (view.dueAtMs < first.dueAtMs ? view : first));
    const waitMs = Math.max(next.dueAtMs, this.#freeAtMs) - this.#now();
    this.#cancelTurn = this.#options.runtime.timer(Math.max(1, waitMs), () => this.#takeTurn(next), true);
  }

  #takeTurn(view: LiveView): void {
    this.#refresh(view);
    this.#schedule();
  }

  #refresh(view: LiveView): void {
    const startedAtMs = this.#now();
    try {
      view.update();
      this.#hasFailed = false;
    } catch (error) {
      // Tried again at the next turn. An error that stays has one line in the log.
      if (!this.#hasFailed) this.#options.warn(`A page cannot be updated: ${errorMessage(error)}`);
      this.#hasFailed = true;
    }
    const endedAtMs = this.#now();
    view.dueAtMs = endedAtMs + everyMs;
    this.#freeAtMs = endedAtMs + restFactor * (endedAtMs - startedAtMs);
  }

  #now(): number {
    return this.#options.runtime.steadyNow();
  }
}
