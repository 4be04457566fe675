import type { ErrorVerdict } from '../base/verdict.ts';
import type { EventHub } from '../events/event-hub.ts';
import type { EventOrigin } from '../events/events.ts';
import { unspecifiedBucket } from '../provider/guarded-adapter.ts';
import { noCause, type Cause } from './cause.ts';
import { ofAccount, shiftView, type HealthView } from './health-view.ts';
import type { HealthContext, KeyHealth } from './key-health.ts';
import type { KeyRecord } from './key-record.ts';
import type { KeyRing } from './key-ring.ts';
import type { PooledKey } from './pooled-key.ts';
import type { SharedClock } from './shared-clock.ts';
import { endOf, isStale } from './stale-buckets.ts';
import type { Transition } from './transition.ts';

/** A key as a whole, or one quota bucket of it. */
export interface HealthTarget {
  readonly key: PooledKey;
  readonly bucket?: string;
}

/** What an attempt can prove: which key and bucket it used, and the revision of the pool's health at its start. */
export interface Evidence {
  readonly key: PooledKey;
  readonly bucket: string;
  readonly revision: number;
}

/** Called when health changes: `onHealth` for every change, `onRecord` for changes of the shared record made here. */
export interface HealthListeners {
  onHealth(key: PooledKey): void;
  /** Called for every change that does not come from the same key in another pool. */
  onOwnHealth(target: HealthTarget, cause: Cause): void;
  onRecord(target: HealthTarget): void;
}

/** Applies outcomes to the health of keys, groups and buckets, and emits each transition once. */
export class PoolHealth {
  readonly #origin: EventOrigin;
  readonly #context: HealthContext;
  readonly #events: EventHub;
  readonly #clock: SharedClock;
  readonly #listeners: HealthListeners;
  #ring: KeyRing;

  constructor(
    origin: EventOrigin,
    ring: KeyRing,
    context: HealthContext,
    events: EventHub,
    clock: SharedClock,
    listeners: HealthListeners,
  ) {
    this.#origin = origin;
    this.#ring = ring;
    this.#context = context;
    this.#events = events;
    this.#clock = clock;
    this.#listeners = listeners;
  }

  /** The number of changes so far. An attempt keeps the number from its start. */
  get revision(): number {
    return this.#context.revision;
  }

  /** Replaces the keys of the pool. */
  replace(ring: KeyRing): void {
    this.#ring = ring;
  }

  /**
   * A failed attempt strikes its key or the key's group, as a whole or in one bucket, if its evidence still counts.
   *
   * The bucket of the call is struck together with the named one, because a call without an operation would meet it again.
   */
  strike({ key, bucket, revision }: Evidence, verdict: ErrorVerdict, historyMs?: number): void {
    const named = 'bucket' in verdict ? verdict.bucket : undefined;
    const own = named === undefined ? key.health : key.bucket(bucket);
    if (!own.counts(verdict, revision, this.#clock.now())) return;
    const buckets = named === undefined ? [undefined] : [...new Set([bucket, named])];
    for (const struck of this.#affectedBy(key, verdict)) {
      for (const name of buckets) {
        if (struck === key || isSameLife(struck, name, revision))
          this.#strike(targetOf(struck, name), verdict, historyMs);
      }
    }
  }

  /** Strikes one key as if an attempt had just failed on it. */
  mark(key: PooledKey, verdict: ErrorVerdict): void {
    this.#strike({ key }, verdict);
  }

  recordSuccess({ key, bucket, revision }: Evidence): void {
    const now = this.#clock.now();
    if (key.buckets.has(bucket)) this.#change({ key, bucket }, (health) => health.recordSuccess(revision, now));
    this.#change({ key }, (health) => health.recordSuccess(revision, now));
  }

  /**
   * Ends a refusal as invalid and a suspicion, because a check has shown that the provider accepts the key. Limits stay: they can
   * apply to other requests than that of a check.
   */
  recordAccepted({ key, bucket, revision }: Evidence): void {
    const now = this.#clock.now();
    for (const name of new Set([bucket, unspecifiedBucket])) {
      if (key.buckets.has(name)) this.#change({ key, bucket: name }, (health) => health.recordAccepted(revision, now));
    }
    this.#change({ key }, (health) => health.recordAccepted(revision, now));
  }

  /** Gives a new key of an account what is known of the account from its earlier key. */
  inherit(key: PooledKey, from: PooledKey): void {
    const now = this.#clock.now();
    const take = (heir: HealthTarget, { view, isClear }: KeyHealth) => {
      if (!isClear) this.#change(heir, (own) => own.takeOver(ofAccount(view), now), { reason: view.record.reason });
    };
    take({ key }, from.health);
    for (const [bucket, health] of from.buckets) take({ key, bucket }, health);
  }

  disable(key: PooledKey, by: Pick<Cause, 'actor'> = {}): void {
    this.#change({ key }, (health) => health.disable(this.#clock.now()), { reason: 'operator', ...by });
  }

  reset(key: PooledKey, by: Pick<Cause, 'action' | 'actor'> = {}): void {
    const now = this.#clock.now();
    const cause = { ...noCause, ...by };
    for (const bucket of key.buckets.keys()) this.#change({ key, bucket }, (health) => health.reset(now), cause);
    this.#change({ key }, (health) => health.reset(now), cause);
  }

  /** Takes over what another manager of this process knows of the same key. `shiftMs` is how far this clock is ahead of the other one. */
  takeOver(key: PooledKey, known: PooledKey, shiftMs: number): void {
    const now = this.#clock.now();
    const take = (taker: HealthTarget, health: KeyHealth) =>
      this.#change(
        taker,
        (own) => void own.takeOver(shiftMs === 0 ? health.view : shiftView(health.view, shiftMs), now),
      );
    take({ key }, known.health);
    for (const [bucket, health] of known.buckets) take({ key, bucket }, health);
  }

  /** Merges in the record of another process. */
  absorb(found: HealthTarget, record: KeyRecord): void {
    const { key, bucket } = found;
    const isNew = bucket !== undefined && !key.buckets.has(bucket);
    // A store can have many records of buckets that are not used any more.
    if (isNew && isStale(endOf(record), this.#clock.now())) return key.noteOldRecord(record);
    const health = healthOf(found);
    const transition = health.absorb(record, this.#clock.now());
    if (bucket === undefined) liftBuckets(key, this.#clock.now());
    this.#listeners.onHealth(key);
    const cause = { reason: record.disabled || record.reason, isFromStore: true } as const;
    this.#listeners.onOwnHealth(found, cause);
    this.#emit(found, health, transition, cause);
  }

  /** Makes the health of a key equal to that of the same key in another pool, whose clock is behind by `shiftMs`. */
  mirror(target: HealthTarget, view: HealthView, shiftMs: number, cause: Cause): void {
    const shifted = shiftMs === 0 ? view : shiftView(view, shiftMs);
    const { generation } = view.record;
    const mirrored = { ...shifted, record: { ...shifted.record, generation } };
    const isFromStore = cause.isFromStore === true;
    const transition = this.#update(target, (health) => health.mirror(mirrored, this.#clock.now(), isFromStore));
    this.#emit(target, healthOf(target), transition, cause);
  }

  #affectedBy(key: PooledKey, verdict: ErrorVerdict): readonly PooledKey[] {
    const isOfGroup = 'scope' in verdict && verdict.scope === 'group' && key.group !== undefined;
    if (!isOfGroup) return [key];
    const others = this.#ring.keys.filter((other) => other !== key && other.group === key.group);
    return [key, ...others];
  }

  #strike(struck: HealthTarget, verdict: ErrorVerdict, historyMs?: number): void {
    const { reason } = verdict;
    this.#change(struck, (health) => health.applyFailure(verdict, this.#clock.now(), historyMs), { reason });
  }

  #change(changed: HealthTarget, change: (health: KeyHealth) => Transition | undefined, cause = noCause): void {
    const health = healthOf(changed);
    const { view } = health;
    const transition = this.#update(changed, change);
    if (health.view !== view) this.#listeners.onOwnHealth(changed, cause);
    this.#emit(changed, health, transition, cause);
  }

  #update(changed: HealthTarget, change: (health: KeyHealth) => Transition | undefined): Transition | undefined {
    const health = healthOf(changed);
    const { view } = health;
    const transition = change(health);
    if (health.view !== view) this.#listeners.onHealth(changed.key);
    if (health.view.record !== view.record) this.#listeners.onRecord(changed);
    return transition;
  }

  #emit(
    { key, bucket }: HealthTarget,
    health: KeyHealth,
    transition: Transition | undefined,
    { reason, ...by }: Cause,
  ): void {
    if (!transition) return;
    const who = () => ({
      ...this.#origin,
      key: key.ref,
      ...(bucket === undefined ? {} : { bucket }),
      ...by,
    });
    const until = (untilMs: number) => ({ reason, untilMs: this.#clock.toLocal(untilMs) });
    const { record } = health.view;
    switch (transition) {
      case 'recovered':
        return this.#events.emit('key.recovered', who);
      case 'suspected':
        return this.#events.emit('key.suspected', () => ({ ...who(), ...until(health.suspectUntilMs) }));
      case 'cooled-down':
        return this.#events.emit('key.cooled-down', () => ({ ...who(), ...until(health.outUntilMs) }));
      case 'disabled':
        return this.#events.emit('key.disabled', () => ({
          ...who(),
          ...(record.disabled ? { reason } : until(health.outUntilMs)),
        }));
    }
  }
}

/** A key, or one of its buckets. */
export function targetOf(key: PooledKey, bucket: string | undefined): HealthTarget {
  return bucket === undefined ? { key } : { key, bucket };
}

/** The health of a key, or of one of its buckets. */
export function healthOf({ key, bucket }: HealthTarget): KeyHealth {
  return bucket === undefined ? key.health : key.bucket(bucket);
}

/** Whether a key (and its bucket) has neither recovered nor been reset since that revision. */
function isSameLife({ health, buckets }: PooledKey, bucket: string | undefined, revision: number): boolean {
  if (!health.isSameLife(revision)) return false;
  return bucket === undefined || (buckets.get(bucket)?.isSameLife(revision) ?? true);
}

/** Applies a reset by another process to the buckets of the key. */
function liftBuckets({ health, buckets }: PooledKey, now: number): void {
  for (const inBucket of buckets.values()) inBucket.lift(health.view.record.generation, now);
}
