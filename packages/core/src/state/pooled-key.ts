import type { KeyRef } from '../base/key-ref.ts';
import { sha256 } from '../base/node-builtins.ts';
import { maskKey } from '../base/redaction.ts';
import type { RateLimit } from '../provider/provider-adapter.ts';
import type { KeyState } from './health-view.ts';
import { KeyHealth, type HealthContext } from './key-health.ts';
import type { UnavailableReason } from './key-record.ts';
import type { ProbeGate } from './probe-permit.ts';
import type { KeyUsage } from './usage-counts.ts';
import { noUsage } from './usage-counts.ts';

const noLimits: readonly RateLimit[] = [];
const noBuckets: ReadonlyMap<string, KeyHealth> = new Map();

const fromGoodToBad: readonly KeyState[] = ['healthy', 'recovering', 'suspect', 'cooling', 'disabled'];

function worse(a: KeyState, b: KeyState): KeyState {
  return fromGoodToBad.indexOf(a) > fromGoodToBad.indexOf(b) ? a : b;
}

function fingerprint(provider: string, secret: string): string {
  return sha256(`${provider}\0${secret}`).subarray(0, 16).toString('base64url');
}

/** One key of a pool: its secret, which nothing prints, and what is known about it. */
export class PooledKey {
  /** Its position in the list, from 0. */
  readonly index: number;
  readonly ref: KeyRef;
  readonly masked: string;
  /** The project or organisation, as configured or as learned from an answer. */
  group: string | undefined;
  /** The limits that the last response stated. */
  rateLimits: readonly RateLimit[] = noLimits;
  /** What is known of the key as a whole. */
  readonly health: KeyHealth;
  /** Vague failures in a row, over all calls. Ended by any call's success. */
  streak = 0;
  readonly usage: KeyUsage = { ...noUsage(), inUse: 0, lastUsedAtMs: 0 };
  #gateOf: ((bucket: string | undefined) => ProbeGate) | undefined;
  #buckets: Map<string, KeyHealth> | undefined;
  readonly #context: HealthContext;
  readonly #secret: string;

  constructor(
    provider: string,
    secret: string,
    ref: Omit<KeyRef, 'keyId'>,
    group: string | undefined,
    context: HealthContext,
  ) {
    this.#secret = secret;
    this.#context = context;
    this.health = new KeyHealth(context);
    this.index = ref.ordinal - 1;
    this.ref = Object.freeze({ keyId: fingerprint(provider, secret), ...ref });
    this.masked = maskKey(secret);
    this.group = group;
  }

  /** The key itself. A method, because printing an object can show what its getters give. */
  reveal(): string {
    return this.#secret;
  }

  /** What is known of the key in one quota bucket. */
  bucket(name: string): KeyHealth {
    const buckets = (this.#buckets ??= new Map<string, KeyHealth>());
    let health = buckets.get(name);
    if (!health) {
      // A reset of the key covers the buckets that were not known then.
      buckets.set(name, (health = new KeyHealth(this.#context, this.health)));
      health.permit.gate = this.#gateOf?.(name);
    }
    return health;
  }

  /** From now on other processes are asked before the key, or one of its buckets, is probed. */
  shareProbes(gateOf: (bucket: string | undefined) => ProbeGate): void {
    this.#gateOf = gateOf;
    this.health.permit.gate = gateOf(undefined);
    for (const [name, health] of this.buckets) health.permit.gate = gateOf(name);
  }

  get buckets(): ReadonlyMap<string, KeyHealth> {
    return this.#buckets ?? noBuckets;
  }

  /** Whether nothing speaks against the key for a call in this bucket; asked first, as it needs no clock. */
  isClear(bucket: string): boolean {
    return this.health.isClear && (this.#buckets?.get(bucket)?.isClear ?? true);
  }

  /** Whether nothing speaks against the key for a call in this bucket now: a limit that was used up may be full again. */
  isHealthy(bucket: string, now: number): boolean {
    return this.isClear(bucket) || this.state(bucket, now) === 'healthy';
  }

  /** The health records that a call in this bucket depends on. */
  healthsFor(bucket: string): readonly KeyHealth[] {
    const health = this.#buckets?.get(bucket);
    return health ? [this.health, health] : [this.health];
  }

  /** The key's state for a call in this bucket: the worse of the key's own and the bucket's. */
  state(bucket: string, now: number): KeyState {
    const own = this.health.state(now);
    const health = this.#buckets?.get(bucket);
    return health ? worse(own, health.state(now)) : own;
  }

  /** Why a call in this bucket cannot or should not use the key. */
  unavailableReason(bucket: string, now: number): UnavailableReason {
    const reasons = this.healthsFor(bucket).map((health) => ({
      state: health.state(now),
      reason: health.unavailableReason(now),
    }));
    return reasons.reduce((a, b) => (worse(a.state, b.state) === a.state ? a : b)).reason;
  }

  /** When a call in this bucket may use the key again, in ms since the epoch; see `KeyHealth.availableAtMs`. */
  availableAtMs(bucket: string, now: number): number | undefined {
    const healths = this.healthsFor(bucket);
    if (healths.some(({ view }) => view.record.disabled !== '')) return undefined;
    const times = healths.map((health) => health.availableAtMs(now)).filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.max(...times);
  }

  /** Whether a call in this bucket cannot use the key because of a guess alone. */
  isOutByGuess(bucket: string, now: number): boolean {
    const out = this.healthsFor(bucket).filter(
      (health) => health.state(now) === 'cooling' || health.state(now) === 'disabled',
    );
    return out.length > 0 && out.every((health) => health.isOutByGuess(now));
  }

  /** Whether waiting for the key makes sense; see `KeyHealth.comesBack`. */
  comesBack(bucket: string, now: number): boolean {
    return this.healthsFor(bucket).every((health) => health.comesBack(now));
  }

  /** Whether another call is trying the recovering key now. */
  isProbed(bucket: string, now: number): boolean {
    return this.healthsFor(bucket).some((health) => health.state(now) === 'recovering' && health.permit.isTaken(now));
  }

  /** Reserves a recovering key for one call. Returns how to end that. */
  startProbe(bucket: string, now: number): (() => void) | undefined {
    if (this.state(bucket, now) !== 'recovering') return undefined;
    const recovering = this.healthsFor(bucket).find((health) => health.state(now) === 'recovering');
    return recovering?.startProbe(now);
  }
}
