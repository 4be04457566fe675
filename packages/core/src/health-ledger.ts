import type { EventHub } from './event-hub.ts';
import { healthChanges, type KeyHealth, type Transition } from './key-health.ts';
import type { KeyRecord } from './key-record.ts';
import { unspecifiedBucket, type PooledKey } from './pooled-key.ts';
import type { Limit } from './provider-adapter.ts';
import type { ErrorVerdict } from './verdict.ts';
import type { RunningAttempt } from './running-attempt.ts';
import type { SharedClock } from './shared-clock.ts';

// A header that promises a longer time is mistaken, or speaks of a quota that an error will tell about.
const longestDemotionMs = 86_400_000;

/** A key as a whole, or one quota bucket of it. */
export interface HealthTarget {
  readonly key: PooledKey;
  readonly bucket?: string;
}

/** Lets outcomes change the health of keys, groups and buckets, and tells each transition once. */
export class HealthLedger {
  /** Hears of each key whose health has changed in any way. */
  onHealth: ((key: PooledKey) => void) | undefined;
  /** Hears of each record that an outcome or an operator has changed here. */
  onChange: ((target: HealthTarget) => void) | undefined;
  readonly #provider: string;
  /** After which change a key has last recovered or been reset: what began before is no evidence against other keys. */
  #livesSince = 0;
  readonly #keys: readonly PooledKey[];
  readonly #events: EventHub;
  readonly #clock: SharedClock;

  constructor(provider: string, keys: readonly PooledKey[], events: EventHub, clock: SharedClock) {
    this.#provider = provider;
    this.#keys = keys;
    this.#events = events;
    this.#clock = clock;
  }

  /**
   * A failed attempt strikes its key or the key's group, as a whole or in one bucket, if its evidence still counts.
   *
   * A call that names no operation meets the same bucket again, so the call's own bucket goes out with the named one.
   */
  strike(attempt: RunningAttempt, verdict: ErrorVerdict): void {
    const { key, plan } = attempt;
    const { bucket } = plan;
    const named = 'bucket' in verdict ? verdict.bucket : undefined;
    const own = named === undefined ? key.health : key.bucket(bucket);
    if (!own.counts(verdict, attempt.startedAfter)) return;
    const buckets = named === undefined ? [undefined] : [...new Set([bucket, named])];
    const struckKeys = this.#livesSince <= attempt.startedAfter ? this.#struck(key, verdict) : [key];
    for (const struck of struckKeys) {
      for (const name of buckets) this.#fail({ key: struck, ...(name === undefined ? {} : { bucket: name }) }, verdict);
    }
  }

  /** Strikes one key as if an attempt had just failed on it. */
  mark(key: PooledKey, verdict: ErrorVerdict): void {
    this.#fail({ key }, verdict);
  }

  succeed(attempt: RunningAttempt): void {
    const { key, startedAfter, plan } = attempt;
    const { bucket } = plan;
    if (key.buckets.has(bucket)) this.#change({ key, bucket }, (health) => health.succeed(startedAfter));
    this.#change({ key }, (health) => health.succeed(startedAfter));
  }

  /** Prefers other keys while a limit of this one is used up; a limit without a bucket is that of the call's operation. */
  demote(key: PooledKey, { name, remaining, resetsAtMs, bucket: named }: Limit, callBucket: string): void {
    const now = this.#clock.now();
    if (remaining > 0 || resetsAtMs === undefined || !(resetsAtMs > now)) return;
    const untilMs = Math.min(resetsAtMs, now + longestDemotionMs);
    const ofCall = callBucket === unspecifiedBucket ? undefined : callBucket;
    for (const bucket of new Set(named === undefined ? [ofCall] : [callBucket, named])) {
      const target = bucket === undefined ? { key } : { key, bucket };
      this.#change(target, (health) => health.suspect(untilMs, now), `no_${name}_left`);
    }
  }

  disable(key: PooledKey): void {
    this.#change({ key }, (health) => health.disable(), 'operator');
  }

  reset(key: PooledKey): void {
    const now = this.#clock.now();
    for (const bucket of key.buckets.keys()) this.#change({ key, bucket }, (health) => health.reset(now));
    this.#change({ key }, (health) => health.reset(now));
    this.#livesSince = healthChanges();
  }

  /** Takes over what another process knows. */
  absorb(target: HealthTarget, record: KeyRecord): void {
    const health = healthOf(target);
    const transition = health.absorb(record, this.#clock.now());
    if (target.bucket === undefined) this.#liftBuckets(target.key);
    this.onHealth?.(target.key);
    this.#tell(target, health, transition, record.disabled || record.reason, true);
  }

  // A reset that was heard of covers what is known of the buckets from before.
  #liftBuckets({ health, buckets }: PooledKey): void {
    for (const inBucket of buckets.values()) inBucket.lift(health.view.record.generation);
  }

  #struck(key: PooledKey, verdict: ErrorVerdict): readonly PooledKey[] {
    const isOfGroup = 'scope' in verdict && verdict.scope === 'group' && key.group !== undefined;
    return isOfGroup ? this.#keys.filter(({ group }) => group === key.group) : [key];
  }

  #fail(target: HealthTarget, verdict: ErrorVerdict): void {
    this.#change(target, (health) => health.fail(verdict, this.#clock.now()), verdict.reason);
  }

  #change(target: HealthTarget, change: (health: KeyHealth) => Transition | undefined, reason = ''): void {
    const health = healthOf(target);
    const { view } = health;
    const transition = change(health);
    if (health.view !== view) this.onHealth?.(target.key);
    if (health.view.record !== view.record) this.onChange?.(target);
    this.#tell(target, health, transition, reason, false);
  }

  #tell(
    { key, bucket }: HealthTarget,
    { view }: KeyHealth,
    transition: Transition | undefined,
    reason: string,
    isFromElsewhere: boolean,
  ): void {
    if (!transition) return;
    if (transition === 'recovered') this.#livesSince = healthChanges();
    const who = () => ({
      provider: this.#provider,
      key: key.name,
      ...(bucket === undefined ? {} : { bucket }),
      ...(isFromElsewhere ? { isFromElsewhere } : {}),
    });
    const until = (untilMs: number) => ({ reason, untilMs: this.#clock.toLocal(untilMs) });
    const { record, suspectUntilMs } = view;
    switch (transition) {
      case 'recovered':
        return this.#events.tell('key.recovered', who);
      case 'suspected':
        return this.#events.tell('key.suspected', () => ({ ...who(), ...until(suspectUntilMs) }));
      case 'cooled-down':
        return this.#events.tell('key.cooled-down', () => ({ ...who(), ...until(record.untilMs) }));
      case 'disabled':
        return this.#events.tell('key.disabled', () => ({
          ...who(),
          ...(record.disabled ? { reason } : until(record.untilMs)),
        }));
    }
  }
}

function healthOf({ key, bucket }: HealthTarget): KeyHealth {
  return bucket === undefined ? key.health : key.bucket(bucket);
}
