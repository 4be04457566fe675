import { measures, type Amounts } from './draw.ts';
import { Tally, type LimitTime } from './tally.ts';

/** What is counted of a key, a group or a bucket. Pools that have the same key share it. */
export class Counts {
  /** The number of running attempts: those that have a slot. */
  running = 0;
  /** Whether a limit of tokens applies. */
  limitsTokens = false;
  readonly requests: Tally = new Tally();
  readonly tokens: Tally = new Tally();
  readonly units: Tally = new Tally();

  /** Takes room for an attempt that is about to begin, or gives it up. */
  reserve({ requests, tokens, units }: Amounts, sign: 1 | -1): void {
    this.requests.reserved += sign * requests;
    this.tokens.reserved += sign * tokens;
    this.units.reserved += sign * units;
  }

  /** Adds what others have counted in this process. */
  absorb(others: Counts, time: LimitTime): void {
    for (const measure of measures) this[measure].absorb(others[measure], time);
  }

  /** Counts an attempt that begins. */
  begin({ requests, tokens, units }: Amounts, time: LimitTime): void {
    this.requests.add(requests, time);
    if (tokens > 0) this.tokens.add(tokens, time);
    if (units > 0) this.units.add(units, time);
  }
}
