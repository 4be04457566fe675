import type { KeyManagerEvents } from '../events/events.ts';
import type { Draw } from '../limits/draw.ts';
import type { Loan } from '../pool/retry-budget.ts';
import type { ErrorVerdict } from '../base/verdict.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import { callFields } from './call-fields.ts';
import type { CallPlan } from './call-plan.ts';
import { CallWait } from './call-wait.ts';
import { Claims } from './claims.ts';
import { deadlineExceeded, exhaustionOf, type Exhaustion } from './exhaustion-errors.ts';
import type { Failure } from './failed-attempts.ts';
import { GivenUpKeys } from './given-up-keys.ts';
import type { LastResort } from './last-resort.ts';
import { isBack, keysUsedIn, newPlanOf, partsOf } from './pools-of-call.ts';
import { callTimeoutsOf, type CallTimeouts } from './timeouts.ts';
import { traceOfCall, type CallTrace } from './trace.ts';

const none: readonly Failure[] = [];

/** One call in one pool: what its attempts share. Most calls succeed at once; what only others need is created on demand. */
export class RunningCall implements Loan {
  readonly plan: CallPlan;
  /** The same call in the pool before this one, whose keys are exhausted. */
  readonly before: RunningCall | undefined;
  /** `undefined` if nothing traces the call. */
  readonly trace: CallTrace | undefined;
  /** The number of attempts in this pool. */
  attempts = 0;
  /** The key of the latest attempt. */
  lastKey: PooledKey | undefined;
  /** What was said of the latest failed attempt, in any pool. */
  lastVerdict: ErrorVerdict | undefined;
  /** Set when the keys of this pool are exhausted. */
  exhaustion: Exhaustion | undefined;
  readonly timeouts: CallTimeouts | undefined;
  readonly claims: Claims;
  /** Whether the call has waited for new keys from the source. It does so once. */
  hasAskedSource = false;
  holdsToken = false;
  tokensTaken = 0;
  /** The key that only a guess keeps out and that this call tries, or waits for while another call tries it. */
  lastResort: LastResort | undefined;
  #failures: Failure[] | undefined;
  #startedAtMs: number | undefined;
  #key: PooledKey | undefined;
  #attemptNumber = 0;
  #givenUp: GivenUpKeys | undefined;
  #wait: CallWait | undefined;
  #draw: Draw | undefined;
  #id: string | undefined;
  #hasEnded = false;

  constructor(plan: CallPlan, before?: RunningCall) {
    this.plan = plan;
    this.before = before;
    this.claims = new Claims(plan);
    plan.pool.runningCalls++;
    this.timeouts = before ? before.timeouts : callTimeoutsOf(plan.settings, plan.pool.runtime);
    this.trace = before ? before.trace : this.#startTrace();
    if (!before) return;
    this.lastVerdict = before.lastVerdict;
    if (!isBack(this)) this.#givenUp = new GivenUpKeys(keysUsedIn(plan.pool, before));
    this.#wait = new CallWait(this, before.wait.totalMs);
  }

  /** Identifies the call; the same for all its attempts. */
  get id(): string {
    return (this.#id ??= this.before?.id ?? this.plan.settings.callId ?? crypto.randomUUID());
  }

  /** What its attempts draw on. @throws InvalidOptionsError if the call is pinned to a key that is not in the list */
  get draw(): Draw {
    const { draw, settings } = this.plan;
    return typeof settings.key === 'string' ? (this.#draw ??= this.plan.drawOn(settings.key)) : draw;
  }

  /** How it waits between two attempts. */
  get wait(): CallWait {
    return (this.#wait ??= new CallWait(this));
  }

  /** Whether the call can go on in a pool that it has not been in. */
  get hasFallback(): boolean {
    return newPlanOf(this) !== undefined;
  }

  /** Its failed attempts in this pool. */
  get failures(): readonly Failure[] {
    return this.#failures ?? none;
  }

  addFailure(failure: Failure): void {
    (this.#failures ??= []).push(failure);
  }

  /** Notes that no key of this pool is left. Returns the error of the call, unless it goes on in another pool. */
  exhaust(isBudgetSpent = false): Error {
    if (isBudgetSpent) this.plan.pool.onBudgetSpent();
    this.exhaustion = exhaustionOf(this, isBudgetSpent);
    return this.exhaustion.error;
  }

  /** Notes the start of the first attempt or of a wait before it, by the steady clock. Later ones change nothing. */
  startAt(timeMs: number): void {
    this.#startedAtMs ??= timeMs;
  }

  /** The time in ms since the call has started, by the clock of the pool in which it did. */
  get durationMs(): number {
    if (this.before?.hasStarted) return this.before.durationMs;
    return this.#startedAtMs === undefined ? 0 : this.plan.pool.runtime.steadyNow() - this.#startedAtMs;
  }

  get hasStarted(): boolean {
    return this.#startedAtMs !== undefined || this.before?.hasStarted === true;
  }

  /** The keys that the call has given up, the current one among them. */
  get givenUp(): GivenUpKeys | undefined {
    if (this.#key) (this.#givenUp ??= new GivenUpKeys()).used.add(this.#key);
    return this.#givenUp;
  }

  /** The keys that the call does not take again. */
  get used(): ReadonlySet<PooledKey> | undefined {
    return this.givenUp?.used;
  }

  /** Counts one more attempt on the current key. Returns its number, from 1. */
  countAttempt(): number {
    this.#wait?.leaveQueue();
    this.attempts++;
    this.lastKey = this.#key;
    return ++this.#attemptNumber;
  }

  #startTrace(): CallTrace | undefined {
    const { pool, draw } = this.plan;
    const tracers = pool.tracers.current;
    return tracers && traceOfCall(tracers, { ...callFields(this), bucket: draw.bucket });
  }

  /** Gives up the current key and continues with this one. */
  moveTo(key: PooledKey): void {
    const { pool } = this.plan;
    const previous = this.#key;
    this.claims.endScouting();
    this.claims.endProbe();
    if (previous && previous !== key) pool.events.emit('call.fell-over', fallOverOf, this, previous, key);
    pool.selection.onSelected(key, this.draw);
    pool.events.emit('key.selected', selectionOf, this, key);
    if (pool.traffic.hasLimits) pool.traffic.onTaken(key, pool.clock.now());
    this.#attemptNumber = this.#givenUp?.takeBack(key) ?? 0;
    this.#key = key;
    this.claims.probe(key);
  }

  /** Saves the attempts left on the current key for when no other key is left. */
  leaveEarly(): void {
    if (this.#key) (this.#givenUp ??= new GivenUpKeys()).leaveEarly(this.#key, this.#attemptNumber);
  }

  /** The number of failed attempts on a key, in all pools that have it. */
  attemptsOn(key: PooledKey): number {
    const { keyId } = key.ref;
    return partsOf<RunningCall>(this)
      .flatMap(({ failures }) => failures)
      .filter((failure) => failure.key.ref.keyId === keyId).length;
  }

  /**
   * Starts over, to wait for a key to recover. The keys that it has used up and could use now stay closed for so long in ms: each change
   * in the pool wakes the call, and must not let it ask a failing key again.
   */
  startOver(closedMs: number): void {
    const { pool } = this.plan;
    this.claims.end();
    this.lastResort = undefined;
    const reopenAtMs = pool.runtime.steadyNow() + closedMs;
    this.#givenUp = this.givenUp?.startOver((key) => pool.isUsable(key, this.draw), reopenAtMs);
    this.#key = undefined;
  }

  /** Opens the closed keys again, if it is time. Returns whether it does. */
  reopenKeys(): boolean {
    const isTime = this.#givenUp !== undefined && this.#givenUp.reopenAtMs <= this.plan.pool.runtime.steadyNow();
    if (isTime) this.#givenUp = undefined;
    return isTime;
  }

  /** Whether another key is left if the call gives up the current one. */
  hasNextKey(): boolean {
    return this.plan.pool.select(this.draw, this.used) !== undefined;
  }

  /** The number of other keys that the call has not used and could use now. */
  countKeysLeft(): number {
    const { pool } = this.plan;
    return pool.keys.filter((key) => !this.used?.has(key) && pool.isUsable(key, this.draw)).length;
  }

  /** Throws when the caller has aborted the call or its deadline has passed. */
  assertOpen(): void {
    this.plan.settings.signal?.throwIfAborted();
    if (this.timeouts?.endsWithin(0)) throw deadlineExceeded(this);
  }

  /** Releases everything that other calls can wait for. */
  end(): void {
    const { pool } = this.plan;
    if (!this.#hasEnded) pool.runningCalls--;
    this.#hasEnded = true;
    this.claims.end();
    pool.budget?.giveBack(this);
    pool.waiting.wake();
  }
}

function selectionOf(call: RunningCall, { ref }: PooledKey): KeyManagerEvents['key.selected'] {
  return { ...callFields(call), key: ref };
}

function fallOverOf(call: RunningCall, key: PooledKey, next: PooledKey): KeyManagerEvents['call.fell-over'] {
  const last = call.failures.findLast((failure) => failure.key === key);
  return { ...selectionOf(call, key), next: next.ref, ...(last ? { verdict: last.verdict.kind } : {}) };
}
