import { InvalidOptionsError } from '../base/errors.ts';

/** How many retries a provider's calls may add to its traffic. */
export interface RetryBudgetOptions {
  /** Retries that may fail before calls do without; a call's own walk over its keys always fits. @default 40 */
  readonly tokens?: number;
}

const refill = 0.2;
const refillMs = 30_000;
const quietMs = 60_000;
const hopelessLosses = 8;

/** What one call has borrowed from the budget. */
export interface Loan {
  /** Whether its next or running attempt is paid for. */
  holdsToken: boolean;
  /** Tokens that come back when the call succeeds. */
  tokensTaken: number;
}

/**
 * Keeps retries from multiplying the traffic of a provider that is down.
 *
 * A bucket of tokens: a retry borrows one, its failure loses it, and the success of the call brings back all that it took.
 * Successes and quiet time fill it.
 */
export class RetryBudget {
  #capacity: number;
  #tokens: number;
  #lent = 0;
  /** Losses in a row, without a success in between. */
  #losses = 0;
  #isReported = false;
  #lastCallAtMs: number | undefined;

  /** @throws InvalidOptionsError for a number of tokens that is not a whole number from 0. */
  constructor({ tokens = 40, ...unknown }: RetryBudgetOptions) {
    const [name] = Object.keys(unknown);
    if (name !== undefined) throw new InvalidOptionsError(`Unknown option "retryBudget.${name}". Known: tokens.`);
    if (!Number.isSafeInteger(tokens) || tokens < 0) {
      throw new InvalidOptionsError(`"retryBudget.tokens" must be a whole number from 0; it is ${tokens}.`);
    }
    this.#capacity = this.#tokens = tokens;
  }

  /** Whether waiting for a token makes sense: some are lent, and not all of the last ones were lost. */
  get mayComeBack(): boolean {
    return this.#lent > 0 && this.#losses < hopelessLosses;
  }

  get hasToken(): boolean {
    return this.#tokens >= 1;
  }

  /** Makes room for the walk of one call over its keys, so that a quiet service may always make it. */
  fit(walk: number): void {
    if (walk <= this.#capacity || this.#capacity === 0) return;
    this.#tokens += walk - this.#capacity;
    this.#capacity = walk;
  }

  /** A call starts: time has given something back, more after a quiet minute. */
  onCall(now: number): void {
    const gapMs = now - (this.#lastCallAtMs ?? now);
    this.#lastCallAtMs = now;
    this.#add(gapMs >= quietMs ? gapMs / refillMs : Math.min(refill, gapMs / refillMs));
  }

  /** Lends a token for one more attempt, if so many are there. A call that still holds one needs no other. */
  lend(loan: Loan, needed = 1): boolean {
    if (loan.holdsToken) return true;
    if (this.#tokens < Math.max(needed, 1)) return false;
    this.#tokens--;
    this.#lent++;
    this.#isReported = false;
    loan.holdsToken = true;
    loan.tokensTaken++;
    return true;
  }

  /** The attempt that was paid for has failed. */
  lose(loan: Loan): void {
    if (!loan.holdsToken) return;
    loan.holdsToken = false;
    this.#lent--;
    this.#losses++;
  }

  /** The token was not needed. */
  giveBack(loan: Loan): void {
    if (!loan.holdsToken) return;
    loan.holdsToken = false;
    loan.tokensTaken--;
    this.#lent--;
    this.#add(1);
  }

  onSuccess(loan: Loan): void {
    if (loan.holdsToken) this.#lent--;
    this.#add(loan.tokensTaken + refill);
    this.#losses = 0;
    loan.holdsToken = false;
    loan.tokensTaken = 0;
  }

  /** The budget ends a call. `true` the first time since it last lent a token. */
  reportSpent(): boolean {
    const isFirstReport = !this.#isReported;
    this.#isReported = true;
    return isFirstReport;
  }

  fill(): void {
    this.#tokens = this.#capacity;
    this.#losses = 0;
  }

  #add(tokens: number): void {
    this.#tokens = Math.min(this.#capacity, this.#tokens + tokens);
  }
}
