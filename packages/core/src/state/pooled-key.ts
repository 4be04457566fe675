import type { KeyRef } from '../events/key-ref.ts';
import { sha256 } from '../base/node-builtins.ts';
import { maskKey } from '../base/redaction.ts';
import type { KeyState } from './health-view.ts';
import { KeyBuckets } from './key-buckets.ts';
import { KeyHealth, type HealthContext } from './key-health.ts';
import { KeyOutcomes } from './key-outcomes.ts';
import type { KeyRecord, UnavailableReason } from './key-record.ts';
import type { ProbeGate } from './probe-permit.ts';
import type { SharedClock } from './shared-clock.ts';
import { staleAtMs } from './stale-buckets.ts';
import type { HandedOver, KeyUsage } from './usage-counts.ts';
import { noUsage } from './usage-counts.ts';

/** What a list says of a key, besides its name and position. */
interface Placement {
  readonly group: string | undefined;
  readonly slot: string | undefined;
  readonly weight: number;
}

/** Finds the same key in other pools of this process. */
export type TwinsOf = (key: PooledKey) => readonly PooledKey[];

const noTwins: TwinsOf = () => [];
const noBuckets: ReadonlyMap<string, KeyHealth> = new Map();

const fromGoodToBad: readonly KeyState[] = ['healthy', 'recovering', 'suspect', 'cooling', 'disabled'];

function worse(a: KeyState, b: KeyState): KeyState {
  return fromGoodToBad.indexOf(a) > fromGoodToBad.indexOf(b) ? a : b;
}

function fingerprint(provider: string, secret: string): string {
  return sha256(`${provider}\0${secret}`).subarray(0, 16).toString('base64url');
}

// One literal, because objects that grow take more memory.
function keyRef(keyId: string, { ordinal, total, label }: Omit<KeyRef, 'keyId'>): KeyRef {
  return Object.freeze({ keyId, ordinal, total, label });
}

/** One key of a pool: its secret, which is never printed, and what is known about it. */
export class PooledKey {
  /** Its position in the list, from 0. */
  index: number;
  /** Its public name. Replaced as a whole when its place changes. */
  ref: KeyRef;
  readonly masked: string;
  /** What is known of the key as a whole. */
  readonly health: KeyHealth;
  readonly usage: KeyUsage = noUsage();
  readonly outcomes: KeyOutcomes = new KeyOutcomes();
  /** The usage that the manager which replaced this one has taken over; `undefined` before and after that. */
  handedOver: HandedOver | undefined;
  /** The same for the keys of managers that have replaced one another. */
  history: object = this.usage;
  /** The name of its account's place in the list, where a new secret follows it. */
  slot: string | undefined;
  /** Its share of the calls; 0 for a standby. */
  weight = 1;
  /** Rises with each change that `status()` shows, except when a state ends by the clock; see `changesAtMs`. */
  statusRevision = 0;
  #group: string | undefined;
  #gateOf: ((bucket: string | undefined) => ProbeGate) | undefined;
  #buckets: KeyBuckets | undefined;
  #streak = 0;
  readonly #context: HealthContext;
  readonly #twinsOf: TwinsOf;
  readonly #secret: string;

  constructor(
    provider: string,
    secret: string,
    ref: Omit<KeyRef, 'keyId'>,
    group: string | undefined,
    context: HealthContext,
    twinsOf: TwinsOf = noTwins,
  ) {
    this.#secret = secret;
    this.#context = context;
    this.#twinsOf = twinsOf;
    this.health = new KeyHealth(context);
    this.index = ref.ordinal - 1;
    this.ref = keyRef(fingerprint(provider, secret), ref);
    this.masked = maskKey(secret);
    this.#group = group;
  }

  /** The clock of its pool. */
  get clock(): SharedClock {
    return this.#context.clock;
  }

  /** Takes over what another manager of this process knows of the same key, besides its health, usage and outcomes. */
  takeOver(known: PooledKey): void {
    this.#streak = Math.max(this.#streak, known.streak);
    this.group ??= known.group;
  }

  /** The key itself. A method, because printing an object can show the values of its getters. */
  reveal(): string {
    return this.#secret;
  }

  /** Gives the key its name and place in a new list. Events keep the reference that they were built with. */
  place(ref: Omit<KeyRef, 'keyId'>, { group, slot, weight }: Placement): void {
    const { keyId, ordinal, total, label } = this.ref;
    this.slot = slot;
    this.weight = weight;
    if (group !== undefined) this.group = group;
    if (ref.ordinal === ordinal && ref.total === total && ref.label === label) return;
    this.index = ref.ordinal - 1;
    this.ref = keyRef(keyId, ref);
    this.statusRevision++;
  }

  /** Takes over what applies to the account of an earlier key. */
  inherit(from: PooledKey): void {
    this.group ??= from.group;
  }

  /** The number of vague failures in a row, over all calls and pools. Any success resets it. */
  get streak(): number {
    return this.#streak;
  }

  set streak(streak: number) {
    if (streak === this.#streak) return;
    this.noteStreak(streak);
    for (const twin of this.#twinsOf(this)) twin.noteStreak(streak);
  }

  /** Notes the number of failures in a row that another pool has counted too. */
  noteStreak(streak: number): void {
    this.#streak = streak;
  }

  /** The project or organisation, as configured or as a response named it. */
  get group(): string | undefined {
    return this.#group;
  }

  set group(group: string | undefined) {
    if (group === this.#group) return;
    this.#group = group;
    this.statusRevision++;
  }

  /** Notes the project or organisation that a response names, unless one is known. */
  learnGroup(group: string | undefined): void {
    if (this.#group !== undefined || group === undefined) return;
    this.group = group;
    for (const twin of this.#twinsOf(this)) twin.group ??= group;
  }

  /** What is known of the key in one quota bucket. */
  bucket(name: string): KeyHealth {
    this.#buckets ??= new KeyBuckets(this.#context, this.health);
    const known = this.#buckets.get(name);
    if (known) return known;
    this.statusRevision++;
    return this.#buckets.add(name, this.#gateOf?.(name));
  }

  /** Notes the record of a stale bucket, without creating the bucket. */
  noteOldRecord(record: KeyRecord): void {
    this.#buckets ??= new KeyBuckets(this.#context, this.health);
    this.#buckets.note(record);
  }

  /** Forgets stale buckets. */
  forgetOldBuckets(): void {
    this.#buckets?.sweep();
  }

  /** Sets the gates that probes of the key and its buckets have to pass. */
  shareProbes(gateOf: (bucket: string | undefined) => ProbeGate): void {
    this.#gateOf = gateOf;
    this.health.permit.gate = gateOf(undefined);
    for (const [name, health] of this.buckets) health.permit.gate = gateOf(name);
  }

  /** Ends what the gates keep of the key and its buckets. */
  forgetProbes(): void {
    for (const { permit } of [this.health, ...this.buckets.values()]) permit.gate?.forget();
  }

  get buckets(): ReadonlyMap<string, KeyHealth> {
    return this.#buckets?.all ?? noBuckets;
  }

  /** Whether nothing is known against the key for a call in this bucket, at any time: it is healthy. Reads no clock. */
  isClear(bucket: string): boolean {
    return this.health.isClear && (this.#buckets?.get(bucket)?.isClear ?? true);
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

  /** When its status changes next without an event, in ms since the epoch: a state ends, or a bucket becomes stale. */
  changesAtMs(now: number): number {
    const changes = [...this.buckets.values()].map((bucket) =>
      Math.min(bucket.changesAtMs(now), staleAtMs(bucket.endsAtMs)),
    );
    return Math.min(this.health.changesAtMs(now), ...changes);
  }

  /** When a call in this bucket may use the key again, in ms since the epoch; see `KeyHealth.availableAtMs`. */
  availableAtMs(bucket: string, now: number): number | undefined {
    const healths = this.healthsFor(bucket);
    if (healths.some(({ view }) => view.record.disabled !== '')) return undefined;
    const times = healths.map((health) => health.availableAtMs(now)).filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.max(...times);
  }

  /** Whether only a guess keeps the key out for a call in this bucket. */
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

  /** Whether another call probes the recovering key now. */
  isProbed(bucket: string, now: number): boolean {
    return this.#recoveringFor(bucket, now).some(({ permit }) => permit.isTaken(now)) || this.#isProbedByTwin(bucket);
  }

  /** Reserves the probe of a recovering key. Returns the function that releases it; `undefined` if another call holds it. */
  startProbe(bucket: string, now: number): (() => void) | undefined {
    if (this.state(bucket, now) !== 'recovering' || this.#isProbedByTwin(bucket)) return undefined;
    return this.#recoveringFor(bucket, now)[0]?.startProbe(now);
  }

  #recoveringFor(bucket: string, now: number): readonly KeyHealth[] {
    return this.healthsFor(bucket).filter((health) => health.state(now) === 'recovering');
  }

  /** Whether a call of its own pool probes the key now. */
  isProbedHere(bucket: string): boolean {
    const now = this.clock.now();
    return this.#recoveringFor(bucket, now).some(({ permit }) => permit.isHeld(now));
  }

  #isProbedByTwin(bucket: string): boolean {
    return this.#twinsOf(this).some((twin) => twin.isProbedHere(bucket));
  }

  /** Whether a call, of this pool or of another one, tries the key although a guess keeps it out. */
  isTriedAsGuess(): boolean {
    return [this, ...this.#twinsOf(this)].some(({ health, clock }) => health.permit.isHeld(clock.now()));
  }
}
