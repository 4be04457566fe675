import type { Alert, AlertKey, RuleName } from '../model/alert.ts';
import type { Finding, RuleOptions } from '../rules/rule.ts';
import type { Moment } from './moment.ts';
import type { SentRecord } from './sender.ts';

/** Whether it waits for `forMs`, is wrong, is fine again but that was not sent yet, or is over. */
type State = 'pending' | 'firing' | 'resolved' | 'over';

/** What an alert shows, and each look can change. */
export type AlertView = Omit<Alert, 'fingerprint' | 'state' | 'startsAtMs' | 'endsAtMs'>;

/** How long something must be wrong, and then fine. */
export type AlertTimes = Pick<Required<RuleOptions>, 'forMs' | 'keepFiringMs'>;

const keysInRecord = 3;

/** An alert on its way from pending over firing to resolved. */
export class TrackedAlert {
  /** Whether people know that it fires. */
  isSent = false;
  /** The rule of the worse alert of the pool that says all that matters now. */
  mutedBy: RuleName | undefined;
  /** Whether its rule is not run, because a worse alert of the pool fires or is about to. */
  isHeld = false;
  #alert: Alert;
  #state: State = 'pending';
  readonly #sinceMs: number;
  #changedAtMs: number;
  /** Since when it is fine, or may be. */
  #fineSinceMs: number | undefined;
  #isProven = false;
  /** How long it must be fine until it is over. */
  #keepMs = 0;
  #onceUntilMs: number | undefined;
  #times: AlertTimes;

  constructor(alert: Alert, times: AlertTimes, now: Moment) {
    this.#alert = alert;
    this.#times = times;
    this.#sinceMs = now.steadyMs;
    this.#changedAtMs = now.steadyMs;
  }

  get alert(): Alert {
    return this.#alert;
  }

  /** Whether it is wrong, and waits for the time of its rule. */
  get isPending(): boolean {
    return this.#state === 'pending' && this.isCertain;
  }

  get isMuted(): boolean {
    return this.mutedBy !== undefined;
  }

  get isFiring(): boolean {
    return this.#state === 'firing';
  }

  get isOver(): boolean {
    return this.#state === 'over';
  }

  get isResolved(): boolean {
    return this.#state === 'resolved';
  }

  /** Whether it was wrong when it was last looked at, and not only unproven. */
  get isCertain(): boolean {
    return this.#fineSinceMs === undefined;
  }

  /** Whether it was fine when it was last looked at. */
  get isFine(): boolean {
    return this.#fineSinceMs !== undefined && this.#isProven;
  }

  /** Whether its current state has not been sent. */
  get isNews(): boolean {
    return this.isFiring ? !this.isSent : this.isResolved;
  }

  /** When it has fired or was resolved, by the steady clock. */
  get changedAtMs(): number {
    return this.#changedAtMs;
  }

  /** Until when it is worth one message, in ms since the epoch; absent if it is worth reminders. */
  get onceUntilMs(): number | undefined {
    return this.#onceUntilMs;
  }

  /** When it fires if it is pending, and stays wrong, by the steady clock. */
  get firesAtMs(): number {
    return this.#sinceMs + this.#times.forMs;
  }

  /** When time alone can change it, by the steady clock. */
  get dueAtMs(): number {
    if (this.isResolved) return Infinity;
    if (this.#fineSinceMs !== undefined) return this.#fineSinceMs + this.#keepMs;
    return this.isFiring ? Infinity : this.firesAtMs;
  }

  /** Notes that it is wrong. Returns whether it fires since then. */
  see(view: AlertView, finding: Finding, { forMs, keepFiringMs }: AlertTimes, now: Moment): boolean {
    this.#times = { forMs: Math.max(forMs, finding.forMs ?? 0), keepFiringMs };
    const { fingerprint, startsAtMs } = this.#alert;
    this.#alert = { ...view, fingerprint, startsAtMs, state: 'firing' };
    this.#onceUntilMs = finding.onceUntilMs;
    this.#fineSinceMs = undefined;
    const isReady = this.isResolved || now.steadyMs - this.#sinceMs >= this.#times.forMs;
    if (this.isFiring || !isReady) return false;
    return this.#become('firing', now);
  }

  /**
   * Notes that it is fine, or may be: then it is over after `keepsForMs`. One that was not sent is over at once. Returns whether it is
   * over since then and people have to know.
   */
  miss(
    counts: Partial<Pick<Alert, 'usable' | 'total'>>,
    keepsForMs: number,
    { keepFiringMs }: Pick<AlertTimes, 'keepFiringMs'>,
    now: Moment,
  ): boolean {
    if (this.isResolved) return false;
    this.#alert = { ...this.#alert, ...counts };
    const isProven = keepsForMs === 0;
    if (this.#fineSinceMs === undefined || (isProven && !this.#isProven)) this.#fineSinceMs = now.steadyMs;
    this.#isProven = isProven;
    this.#keepMs = Math.max(keepsForMs, this.isSent ? keepFiringMs : 0);
    const fineMs = now.steadyMs - this.#fineSinceMs;
    if (fineMs < this.#keepMs) return false;
    if (!this.isSent) {
      this.#state = 'over';
      return false;
    }
    const proof = isProven ? {} : { isUnproven: true as const };
    this.#alert = { ...this.#alert, ...proof, state: 'resolved', endsAtMs: now.epochMs - fineMs };
    return this.#become('resolved', now);
  }

  /** Notes that people know what it is now. */
  markSent(): void {
    if (this.isFiring) this.isSent = true;
    else this.#state = 'over';
  }

  /** Forgets that it was sent: it did not arrive, or another process sends. */
  forgetSent(now: Moment): void {
    this.isSent = false;
    this.#changedAtMs = now.steadyMs;
    if (this.isResolved) this.#state = 'over';
  }

  /** Notes that people have not heard that it is over. */
  takeBack(now: Moment): void {
    this.#become('resolved', now);
  }

  /** Notes that another process has sent it. */
  adopt({ startsAtMs }: Alert): void {
    this.#alert = { ...this.#alert, startsAtMs: Math.min(startsAtMs, this.#alert.startsAtMs) };
    this.#state = 'firing';
    this.isSent = true;
  }

  /** What another process needs to go on with it. */
  toRecord(atMs: number, reminders: number): SentRecord {
    const keys = this.#alert.keys.slice(0, keysInRecord).map(withoutError);
    const alert: Alert = { ...this.#alert, state: 'firing', keys };
    return { fingerprint: alert.fingerprint, state: 'firing', atMs, reminders, alert };
  }

  #become(state: 'firing' | 'resolved', now: Moment): true {
    this.#state = state;
    this.#changedAtMs = now.steadyMs;
    return true;
  }
}

/** Error texts can be long, and are known to the next process by its own attempts. */
function withoutError({ keyId, label, masked, state, reason }: AlertKey): AlertKey {
  return { keyId, label, masked, state, ...(reason === undefined ? {} : { reason }) };
}
