const spanMs = 1000;
/** Answers come late: begins are kept for so long, so that a refusal finds what came before it. */
const keptMs = 5000;
const mostKept = 1000;
const knownForMs = 600_000;

interface Begin {
  atMs: number;
  state: 'taken' | 'running' | 'served';
}

/**
 * How many requests a key takes in any second, learned from refusals that no limit of a minute explains. Times are in ms.
 *
 * A refusal lowers the limit to what was served in the second before it. Successes above the limit raise it.
 */
export class ShortLimit {
  /** Requests that were not refused, oldest first. */
  readonly #begins: Begin[] = [];
  #limit = Infinity;
  #untilMs = 0;

  /** Reserves room for a call that has taken the key. Otherwise all waiting calls would take the same room at once. */
  take(now: number): void {
    const begins = this.#begins;
    while (begins[0] && (begins[0].atMs <= now - keptMs || begins.length >= mostKept)) begins.shift();
    begins.push({ atMs: now, state: 'taken' });
  }

  /** Counts a request that begins, in the room that its call has reserved. */
  add(now: number): void {
    const taken = this.#begins.find(({ atMs, state }) => state === 'taken' && atMs > now - spanMs);
    if (!taken) this.take(now);
    const begin = taken ?? this.#begins.at(-1);
    if (begin) Object.assign(begin, { atMs: now, state: 'running' });
  }

  /** Learns from a refused request, and no longer counts it: it used nothing of the limit. */
  onRefusal(beganAtMs: number, now: number): void {
    const index = this.#pending(beganAtMs);
    if (index < 0) return;
    this.#begins.splice(index, 1);
    const before = this.#upTo(beganAtMs).length;
    // No limit of a second refuses a request that is alone in it.
    if (before === 0) return;
    this.#limit = Math.min(this.known(now), before);
    this.#untilMs = now + knownForMs;
  }

  /** Learns from a served request. `assumed` is the limit of another key, which stands in for one that was not learned. */
  onSuccess(beganAtMs: number, assumed: number): void {
    const begin = this.#begins[this.#pending(beganAtMs)];
    if (!begin) return;
    begin.state = 'served';
    const served = this.#upTo(beganAtMs).filter(({ state }) => state === 'served').length;
    if (this.#limit < Infinity) this.#limit = Math.max(this.#limit, served);
    else if (served > assumed) [this.#limit, this.#untilMs] = [served, beganAtMs + knownForMs];
  }

  /** The time until one more request has room; 0 for now. `assumed` stands in for a limit that was not learned. */
  roomInMs(now: number, assumed: number = Infinity): number {
    const known = this.known(now);
    const begin = this.#begins[this.#begins.length - (known < Infinity ? known : assumed)];
    return begin ? Math.max(0, begin.atMs + spanMs - now) : 0;
  }

  /** The limit; `Infinity` when none is known. */
  known(now: number): number {
    return now < this.#untilMs ? this.#limit : Infinity;
  }

  #pending(beganAtMs: number): number {
    return this.#begins.findLastIndex(({ atMs, state }) => atMs === beganAtMs && state === 'running');
  }

  /** Requests that began in the second up to this moment. */
  #upTo(timeMs: number): Begin[] {
    return this.#begins.filter(({ atMs }) => atMs > timeMs - spanMs && atMs <= timeMs);
  }
}
