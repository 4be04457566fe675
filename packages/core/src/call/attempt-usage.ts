import { combineCounts, tokenCountsOf, undirected, type TokenCounts, type TokenUsage } from '../base/token-usage.ts';
import { watchAnswers } from '../http/watch-answers.ts';
import { wholeAmount } from '../limits/draw.ts';

/** Returns the tokens that an answer of the provider states. */
export type ReadUsage = (answer: unknown) => TokenUsage | undefined;

/** The body of a response, as far as it was read. */
interface WatchedBody {
  usage: TokenUsage | undefined;
  isOpen: boolean;
}

/**
 * The tokens that an attempt takes. From its end on, what its answers state counts in place of what `cost` has reserved. A body that the
 * application reads later corrects it once more.
 */
export class AttemptUsage {
  readonly #read: ReadUsage | undefined;
  readonly #correct: (difference: TokenCounts) => void;
  /** What counts while no answer states its tokens. */
  #assumed: number;
  #counted: TokenCounts;
  /** What the method has stated. */
  #spent: TokenCounts | undefined;
  /** What the value of the method states, or the chunks of its stream. */
  #ofValue: TokenUsage | undefined;
  readonly #bodies: WatchedBody[] = [];
  readonly #watched = new WeakSet<object>();
  #hasEnded = false;

  /** `correct` changes what is counted by a difference. */
  constructor(reserved: number, read: ReadUsage | undefined, correct: (difference: TokenCounts) => void) {
    this.#read = read;
    this.#correct = correct;
    this.#assumed = reserved;
    this.#counted = undirected(reserved);
  }

  /** Adds what the method states. From now on nothing else counts. */
  spend(usage: TokenUsage): void {
    this.#spent = whole(sum(this.#spent ?? undirected(0), tokenCountsOf(usage)));
    this.#settle();
  }

  /** Reads what the value of the method states, or a chunk of its stream. */
  onValue(value: unknown): void {
    this.#ofValue = merged(this.#ofValue, this.#read?.(value));
  }

  /** Returns the response to read in place of this one: its answers are read as they pass. Any other value is returned as it is. */
  watch<R>(response: R): R {
    const read = this.#read;
    if (!read || (Object(response) === response && this.#watched.has(response as object))) return response;
    const body: WatchedBody = { usage: undefined, isOpen: true };
    const watched = watchAnswers(response, {
      onStart: () => void this.#bodies.push(body),
      onAnswer: (answer) => void (body.usage = merged(body.usage, read(answer))),
      onEnd: () => {
        body.isOpen = false;
        this.#settle();
      },
    });
    if (watched !== response) this.#watched.add(watched as object);
    return watched;
  }

  /** Notes that the provider has refused the request, which takes no tokens. */
  onRefusal(): void {
    this.#assumed = 0;
  }

  /** Settles at the end of the attempt. `isReadOn` is whether the application can still read what its method has returned. */
  end(isReadOn: boolean): void {
    this.#hasEnded = true;
    if (!isReadOn) for (const body of this.#bodies) body.isOpen = false;
    this.#settle();
  }

  #settle(): void {
    if (!this.#hasEnded) return;
    const counts = this.#counts();
    const difference = combineCounts(counts, this.#counted, (now, before) => now - before);
    this.#counted = counts;
    if (Object.values(difference).some((amount) => amount !== 0)) this.#correct(difference);
  }

  #counts(): TokenCounts {
    if (this.#spent !== undefined) return this.#spent;
    const assumed = undirected(this.#assumed);
    const ofBodies = this.#bodies.flatMap(({ usage }) => usage ?? []);
    if (!this.#ofValue && ofBodies.length === 0) return assumed;
    const ofAll = ofBodies.map(tokenCountsOf).reduce(sum, undirected(0));
    // The value is often one of the answers whose bodies were read, so the two are not added up.
    const known = whole(larger(ofAll, tokenCountsOf(this.#ofValue ?? { tokens: 0 })));
    return this.#bodies.some(({ isOpen }) => isOpen) ? larger(known, assumed) : known;
  }
}

function sum(a: TokenCounts, b: TokenCounts): TokenCounts {
  return combineCounts(a, b, (one, other) => one + other);
}

function whole(counts: TokenCounts): TokenCounts {
  return combineCounts(counts, counts, wholeAmount);
}

function larger(a: TokenCounts, b: TokenCounts): TokenCounts {
  return combineCounts(a, b, Math.max);
}

/** Within one stream, the last statement of each field counts. */
function merged(before: TokenUsage | undefined, stated: TokenUsage | undefined): TokenUsage | undefined {
  return before && stated ? { ...before, ...stated } : (stated ?? before);
}
