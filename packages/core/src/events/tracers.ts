import type { CallTracer } from './call-tracer.ts';
import { channelTracer, isChannelWatched } from './channel-tracer.ts';

/** The tracers of a pool, the outermost first. */
export class Tracers {
  readonly #added = new Set<{ readonly tracer: CallTracer }>();
  /** `undefined` while there are none. */
  #distinct: readonly CallTracer[] | undefined;

  /** Traces the calls that begin from now on. Returns the function that ends it. */
  add(tracer: CallTracer): () => void {
    const added = { tracer };
    this.#added.add(added);
    this.#noteTracers();
    return () => {
      this.#added.delete(added);
      this.#noteTracers();
    };
  }

  /** Those that trace a call which begins now; `undefined` if there are none. */
  get current(): readonly CallTracer[] | undefined {
    return isChannelWatched() ? [...(this.#distinct ?? []), channelTracer] : this.#distinct;
  }

  #noteTracers(): void {
    // One that is added by a manager and by the registry traces a call once.
    const distinct = [...new Set([...this.#added].map(({ tracer }) => tracer))];
    this.#distinct = distinct.length === 0 ? undefined : distinct;
  }
}
