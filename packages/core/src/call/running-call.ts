import type { EventOrigin, KeyManagerEvents } from '../events/events.ts';
import type { Counts } from '../limits/counts.ts';
import type { Draw } from '../limits/limit-options.ts';
import type { Loan } from '../pool/retry-budget.ts';
import type { HealthView } from '../state/health-view.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { CallPlan } from './call-plan.ts';
import { deadlineExceeded, exhaustionOf, type Exhaustion } from './exhaustion-errors.ts';
import type { Failure } from './failed-attempts.ts';
import { callTimeoutsOf, type CallTimeouts } from './timeouts.ts';

/** A key that is tried because no better one is left; `before` is its health when the call started to wait for the outcome. */
export interface LastResort {
  readonly key: PooledKey;
  readonly before?: HealthView;
}

/** One call in one pool: what its attempts share, and which keys it has used. */
export class RunningCall implements Loan {
  readonly plan: CallPlan;
  /** The same call in the pool before this one, whose keys are exhausted. */
  readonly before: RunningCall | undefined;
  readonly failures: Failure[] = [];
  /** Set when the keys of this pool are exhausted. */
  exhaustion: Exhaustion | undefined;
  readonly timeouts: CallTimeouts | undefined;
  /** Whether the call has waited for new keys from the source. It does so once. */
  hasAskedSource = false;
  holdsToken = false;
  tokensTaken = 0;
  /** The key that only a guess keeps out and that this call tries, or waits for while another call tries it. */
  lastResort: LastResort | undefined;
  #startedAtMs: number | undefined;
  /** The time in ms of all finished waits in the queue. */
  #waitedMs = 0;
  /** The start of the current wait, by the steady clock. */
  #waitsSinceMs: number | undefined;
  #key: PooledKey | undefined;
  #attemptNumber = 0;
  /** The keys that the call has given up. Created on demand: most calls use one key. */
  #used: Set<PooledKey> | undefined;
  /** The number of attempts made on each key that has attempts left. */
  #leftEarly: Map<PooledKey, number> | undefined;
  #releaseProbe: (() => void) | undefined;
  /** The key whose outcome other calls wait for. */
  #scouted: PooledKey | undefined;
  /** The key on which the call has taken room, and where. */
  #reserved: { readonly key: PooledKey; readonly counted: readonly Counts[] } | undefined;
  #draw: Draw | undefined;
  #id: string | undefined;
  #hasEnded = false;

  constructor(plan: CallPlan, before?: RunningCall) {
    this.plan = plan;
    this.before = before;
    plan.pool.runningCalls++;
    this.timeouts = before ? before.timeouts : callTimeoutsOf(plan.settings, plan.pool.runtime);
    if (!before) return;
    const used = before.parts.flatMap((part) => [...(part.used ?? [])]);
    if (!this.isBack) this.#used = new Set(used.flatMap((key) => plan.pool.find(key.reveal()) ?? []));
    this.#startedAtMs = before.#startedAtMs;
    this.#waitedMs = before.waitedMs;
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

  /** This call in all pools that it has been in, the first one first. */
  get parts(): readonly RunningCall[] {
    return this.before ? [...this.before.parts, this] : [this];
  }

  /** The provider and pool that the call has named. */
  get home(): EventOrigin {
    return this.before?.home ?? this.plan.pool.origin;
  }

  /** Whether the call waits for a key of this pool to recover. In several pools it waits in the one to which it has just come back. */
  get waits(): boolean {
    if (this.plan.settings.onExhausted === 'fail') return false;
    return this.isBack ? this.failures.length === 0 : !this.before && !this.hasFallback;
  }

  /** Whether the call has been in this pool before. */
  get isBack(): boolean {
    return this.before?.parts.some(({ plan }) => plan.pool.isSameAs(this.plan.pool)) === true;
  }

  /** Whether the call can go on in a pool that it has not been in. */
  get hasFallback(): boolean {
    return this.#nextPlan() !== undefined;
  }

  /** Notes that no key of this pool is left. Returns the error of the call, unless it goes on in another pool. */
  exhaust(isBudgetSpent = false): Error {
    if (isBudgetSpent) this.plan.pool.onBudgetSpent();
    this.exhaustion = exhaustionOf(this, isBudgetSpent);
    return this.exhaustion.error;
  }

  /** The first key that is available again, of all pools that the call has been in: its pool, and the time in ms until then. */
  soonestRecovery(): { readonly plan: CallPlan; readonly waitMs: number } | undefined {
    const recoveries = this.parts.flatMap(({ plan }) => {
      const waitMs = plan.pool.soonestRecoveryMs(plan === this.plan ? this.draw : plan.draw);
      return waitMs === undefined ? [] : [{ plan, waitMs }];
    });
    return recoveries.toSorted((a, b) => a.waitMs - b.waitMs)[0];
  }

  /**
   * The call in the pool that comes next when the keys of this one are exhausted; `undefined` if it ends. A call that waits comes back
   * to the pool whose first key recovers soonest.
   */
  next(): RunningCall | undefined {
    const plan = this.#nextPlan() ?? this.#planToComeBackTo();
    return plan && new RunningCall(plan, this);
  }

  /** The plan for a pool that the call has not been in. */
  #nextPlan(): CallPlan | undefined {
    const next = this.plan.fallback();
    // By name: a pool that was closed and made again is the same one.
    return next && this.parts.some(({ plan }) => plan.pool.isSameAs(next.pool)) ? undefined : next;
  }

  #planToComeBackTo(): CallPlan | undefined {
    const { onExhausted, maxWait } = this.plan.settings;
    const soonest = onExhausted === 'fail' || this.waits ? undefined : this.soonestRecovery();
    if (!soonest || this.waitedMs + soonest.waitMs > maxWait) return undefined;
    return this.timeouts && soonest.waitMs >= this.timeouts.remainingMs() ? undefined : soonest.plan;
  }

  /** Notes the start of the first attempt or of a wait before it, by the steady clock. Later ones change nothing. */
  startAt(timeMs: number): void {
    this.#startedAtMs ??= timeMs;
  }

  /** The time in ms since the call has started. */
  get durationMs(): number {
    return this.#startedAtMs === undefined ? 0 : this.plan.pool.runtime.steadyNow() - this.#startedAtMs;
  }

  /** The keys that the call does not take again, the current one among them. */
  get used(): ReadonlySet<PooledKey> | undefined {
    if (this.#key) (this.#used ??= new Set()).add(this.#key);
    return this.#used;
  }

  /** Counts one more attempt on the current key. Returns its number, from 1. */
  countAttempt(): number {
    return ++this.#attemptNumber;
  }

  /** Gives up the current key and continues with this one. */
  moveTo(key: PooledKey): void {
    const { pool } = this.plan;
    const previous = this.#key;
    this.endScouting();
    this.endProbe();
    if (previous && previous !== key) pool.events.emit('call.fell-over', fallOverOf, this, previous, key);
    pool.selection.onSelected(key, this.draw);
    pool.events.emit('key.selected', selectionOf, this, key);
    if (pool.traffic.hasLimits) pool.traffic.onTaken(key, pool.clock.now());
    this.#attemptNumber = this.#leftEarly?.get(key) ?? 0;
    this.#leftEarly?.delete(key);
    this.#key = key;
    if (pool.limits.leave(this, this.plan.draw)) pool.waiting.wake();
    this.probe(key);
  }

  /** Takes room on a key with limits, for an attempt that does not begin at once. */
  reserve(key: PooledKey): void {
    const { limits } = this.plan.pool;
    this.unreserve();
    if (!limits.isActive) return;
    const counted = limits.countsOf(key, this.draw);
    for (const counts of counted) counts.reserve(this.draw, 1);
    this.#reserved = { key, counted };
  }

  /** Ends the reservation, because the attempt begins and is counted. */
  unreserve(): void {
    if (!this.#reserved) return;
    for (const counts of this.#reserved.counted) counts.reserve(this.draw, -1);
    this.#reserved = undefined;
  }

  /** Gives up the room that the call has taken. */
  giveUpRoom(): void {
    const key = this.#reserved?.key;
    this.unreserve();
    if (key) this.plan.pool.wake(key);
  }

  /** What an attempt on this key still has to find room for. */
  drawOn(key: PooledKey): Draw {
    const { draw } = this;
    return this.#reserved?.key === key ? { ...draw, requests: 0, tokens: 0, units: 0 } : draw;
  }

  /** Reserves the probe of a key that is not clear. `false` if another call holds it. */
  probe(key: PooledKey): boolean {
    const { pool, bucket } = this.plan;
    if (this.#releaseProbe || key.isClear(bucket)) return true;
    const now = pool.clock.now();
    const isGuess = key.isOutByGuess(bucket, now);
    this.#releaseProbe = isGuess ? key.health.permit.take(now) : key.startProbe(bucket, now);
    return this.#releaseProbe !== undefined || key.state(bucket, now) !== 'recovering';
  }

  /** Releases the probe, so that another call can take it. */
  endProbe(): void {
    if (!this.#releaseProbe) return;
    this.#releaseProbe();
    this.#releaseProbe = undefined;
    this.plan.pool.waiting.wake();
  }

  /** Saves the attempts left on the current key for when no other key is left. */
  leaveEarly(): void {
    if (this.#key) (this.#leftEarly ??= new Map()).set(this.#key, this.#attemptNumber);
  }

  /** A key that has attempts left and can be used now. */
  keyLeftEarly(): PooledKey | undefined {
    const { pool } = this.plan;
    return this.#leftEarly && [...this.#leftEarly.keys()].find((key) => pool.isUsable(key, this.draw));
  }

  /** The number of failed attempts on a key, in all pools that have it. */
  attemptsOn(key: PooledKey): number {
    const { keyId } = key.ref;
    return this.parts.flatMap(({ failures }) => failures).filter((failure) => failure.key.ref.keyId === keyId).length;
  }

  /** Makes the next attempt on the current key a scout: other calls wait for its outcome. */
  scout(): void {
    if (!this.#key) return;
    this.#scouted = this.#key;
    this.plan.pool.traffic.of(this.#key).scouts++;
  }

  /** Ends the wait of other calls for the scout. */
  endScouting(): void {
    const key = this.#scouted;
    if (!key) return;
    this.plan.pool.traffic.of(key).scouts--;
    this.#scouted = undefined;
    this.plan.pool.wake(key);
  }

  /** Starts over with all keys. */
  startOver(): void {
    this.giveUpRoom();
    this.endScouting();
    this.endProbe();
    this.lastResort = undefined;
    this.#used = undefined;
    this.#leftEarly = undefined;
    this.#key = undefined;
  }

  /** Whether another key is left if the call gives up the current one. */
  hasNextKey(): boolean {
    const { pool } = this.plan;
    return pool.select(this.draw, this.used) !== undefined;
  }

  /** The number of other keys that the call has not used and could use now. */
  countKeysLeft(): number {
    const { pool } = this.plan;
    return pool.keys.filter((key) => !this.used?.has(key) && pool.isUsable(key, this.draw)).length;
  }

  /** Throws when the caller has aborted the call or its deadline has passed. */
  assertOpen(): void {
    this.plan.settings.signal?.throwIfAborted();
    if (this.timeouts && this.timeouts.remainingMs() <= 0) throw deadlineExceeded(this);
  }

  /** The time in ms that the call has waited in the queue so far. */
  get waitedMs(): number {
    return this.#waitedMs + this.waitingMs;
  }

  /** The time in ms that it has waited since it last joined the queue; 0 when it does not wait. */
  get waitingMs(): number {
    return this.#waitsSinceMs === undefined ? 0 : this.plan.pool.runtime.steadyNow() - this.#waitsSinceMs;
  }

  /** Starts the time of the wait. */
  beginWaiting(): void {
    this.#waitsSinceMs ??= this.plan.pool.runtime.steadyNow();
    this.startAt(this.#waitsSinceMs);
  }

  /** Waits in the pool's queue until `poll` returns a value. */
  async waitInQueue<T>(poll: () => T | undefined): Promise<T> {
    this.beginWaiting();
    const result = await this.whileOpen((signal) => this.plan.pool.waiting.wait(poll, signal));
    this.#waitedMs = this.waitedMs;
    this.#waitsSinceMs = undefined;
    return result;
  }

  /** Waits between two attempts. Rejects when the caller aborts or the deadline passes. */
  async whileOpen<T>(wait: (signal: AbortSignal | undefined) => Promise<T>): Promise<T> {
    const timeout = this.timeouts?.startWaiting();
    try {
      return await wait(timeout?.signal ?? this.plan.settings.signal);
    } catch (error) {
      throw timeout?.exceeded ? deadlineExceeded(this) : error;
    } finally {
      timeout?.end();
    }
  }

  /** Releases everything that other calls can wait for. */
  end(): void {
    const { pool } = this.plan;
    if (!this.#hasEnded) pool.runningCalls--;
    this.#hasEnded = true;
    this.giveUpRoom();
    pool.limits.leave(this, this.plan.draw);
    this.endScouting();
    this.endProbe();
    pool.budget?.giveBack(this);
    pool.waiting.wake();
  }
}

function selectionOf({ id, plan }: RunningCall, { ref }: PooledKey): KeyManagerEvents['key.selected'] {
  return { ...plan.pool.origin, key: ref, callId: id };
}

function fallOverOf(call: RunningCall, key: PooledKey, next: PooledKey): KeyManagerEvents['call.fell-over'] {
  return { ...selectionOf(call, key), next: next.ref };
}
