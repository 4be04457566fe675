import { shown } from '../base/check-arguments.ts';
import { checkOptionNames } from '../base/check-option-names.ts';
import { InvalidOptionsError } from '../base/errors.ts';

/** How many retries the calls of a provider can add to its traffic. */
export interface RetryBudgetOptions {
  /**
   * Retries that can fail before calls continue without retries, an integer from 0. Raised so that one call can try all its keys,
   * except from 0. @default 40
   */
  readonly tokens?: number;
}

const refill = 0.2;
const refillMs = 30_000;
const quietMs = 60_000;
const hopelessLosses = 8;
const optionNames = new Set(['tokens']);

/** What one call has borrowed from the budget. */
export interface Loan {
  /** Whether it holds a token for its next or running attempt. */
  holdsToken: boolean;
  /** The tokens that return when the call succeeds. */
  tokensTaken: number;
}

/**
 * Keeps retries from multiplying the traffic of a provider that is down.
 *
 * A retry borrows a token and loses it by failing. When the call succeeds, all its tokens return. Successes and quiet time add
 * more, up to the capacity.
 */
export class RetryBudget {
  #capacity: number;
  #tokens: number;
  #lent = 0;
  /** The number of losses in a row. */
  #losses = 0;
  #isReported = false;
  #lastCallAtMs: number | undefined;

  /** @throws InvalidOptionsError for options that are not an object, or tokens that are not a whole number from 0. */
  constructor(options: RetryBudgetOptions) {
    checkOptionNames('retryBudget', options, optionNames);
    const { tokens = 40 } = options;
    if (!Number.isSafeInteger(tokens) || tokens < 0) {
      throw new InvalidOptionsError(`"retryBudget.tokens" must be a whole number from 0; it is ${shown(tokens)}.`);
    }
    this.#capacity = this.#tokens = tokens;
  }

  /** Whether waiting for a token makes sense: some are lent, and some of the last ones have returned. */
  get mayComeBack(): boolean {
    return this.#lent > 0 && this.#losses < hopelessLosses;
  }

  get hasToken(): boolean {
    return this.#tokens >= 1;
  }

  /** Raises the capacity, so that one call after a quiet time can make this number of attempts. */
  fit(attempts: number): void {
    if (attempts <= this.#capacity || this.#capacity === 0) return;
    this.#tokens += attempts - this.#capacity;
    this.#capacity = attempts;
  }

  /** Adds tokens for the time since the last call: at most 0.2, or all of it after a quiet minute. */
  onCall(now: number): void {
    const gapMs = now - (this.#lastCallAtMs ?? now);
    this.#lastCallAtMs = now;
    this.#add(gapMs >= quietMs ? gapMs / refillMs : Math.min(refill, gapMs / refillMs));
  }

  /** Lends a token for one more attempt, if at least `needed` tokens are left. A call that holds one needs no other. */
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

  /** Removes the token of a failed attempt. */
  lose(loan: Loan): void {
    if (!loan.holdsToken) return;
    loan.holdsToken = false;
    this.#lent--;
    this.#losses++;
  }

  /** Takes back a token that was not needed. */
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

  /** Notes that the budget has ended a call. `true` the first time since it last lent a token. */
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
