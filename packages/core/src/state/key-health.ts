import type { ErrorVerdict, VerdictKind } from '../base/verdict.ts';
import { freshRecord, isSameRecord, joinRecords, type KeyRecord, type UnavailableReason } from './key-record.ts';
import { ProbePermit } from './probe-permit.ts';

const suspicionMs = 30_000;
const firstCooldownMs = 60_000;
const longestCooldownMs = 3_600_000;
const quotaRecheckMs = 3_600_000;
/** A key's state at one moment. `recovering`: its cooldown is over, and the next call tries it. */
export type KeyState = 'healthy' | 'suspect' | 'recovering' | 'cooling' | 'disabled';

/** What an outcome changed, so that it is told once. */
export type Transition = 'suspected' | 'cooled-down' | 'disabled' | 'recovered';

/** What is known of a key; replaced as a whole. */
interface HealthView {
  readonly record: KeyRecord;
  /** Suspect until then, in ms since the epoch. Stays in this process: a bad network here says nothing elsewhere. */
  readonly suspectUntilMs: number;
}

const freshView: HealthView = Object.freeze({ record: freshRecord, suspectUntilMs: 0 });

/** Counts the changes of health in one pool; an attempt remembers the revision at which it started. */
export interface HealthRevision {
  current: number;
}

/**
 * One key's health, read from the clock.
 *
 * An outcome counts only against what was known when it started: of many concurrent failures the first one makes the
 * transition, and a failure from before a recovery changes nothing.
 */
export class KeyHealth {
  /** Who may try the key when it recovers. */
  readonly permit: ProbePermit = new ProbePermit();
  #view: HealthView = freshView;
  #isClear = true;
  readonly #revision: HealthRevision;
  // Revision at which each last changed. Older evidence is ignored.
  #viewRevision = 0;
  #recordRevision = 0;
  /** Of the last recovery or reset. */
  #lifeRevision = 0;
  #resetRevision = 0;

  /** The health of a key, or of one of its buckets: a reset of the `whole` key covers a bucket that is made later. */
  constructor(revision: HealthRevision, whole?: KeyHealth) {
    this.#revision = revision;
    if (!whole || whole.#resetRevision === 0) return;
    const { generation } = whole.#view.record;
    this.#view = { record: { ...freshRecord, generation }, suspectUntilMs: 0 };
    this.#viewRevision = this.#recordRevision = this.#lifeRevision = this.#resetRevision = whole.#resetRevision;
  }

  /** Whether nothing at all speaks against the key, whatever the time. */
  get isClear(): boolean {
    return this.#isClear;
  }

  get view(): HealthView {
    return this.#view;
  }

  state(now: number): KeyState {
    const { record, suspectUntilMs } = this.#view;
    if (this.#isClear) return 'healthy';
    if (record.disabled) return 'disabled';
    if (record.untilMs > now) return record.reason === 'invalid-key' ? 'disabled' : 'cooling';
    if (suspectUntilMs > now) return 'suspect';
    return record.untilMs > 0 ? 'recovering' : 'healthy';
  }

  /** When the key may be used again, in ms since the epoch; `undefined` when it may now, or never by itself. */
  availableAtMs(now: number): number | undefined {
    const { disabled, untilMs } = this.#view.record;
    return disabled || untilMs <= now ? undefined : untilMs;
  }

  /** When the state changes by itself, in ms since the epoch; `Infinity` when it does not. */
  changesAtMs(now: number): number {
    if (this.#isClear) return Infinity;
    const { record, suspectUntilMs } = this.#view;
    return Math.min(record.untilMs > now ? record.untilMs : Infinity, suspectUntilMs > now ? suspectUntilMs : Infinity);
  }

  /** Why the key is out or suspect: the kind of the last verdict that counted. */
  unavailableReason(now: number): UnavailableReason {
    const { disabled, untilMs, reason } = this.#view.record;
    if (disabled) return disabled;
    if (untilMs > now) return reason;
    return this.#view.suspectUntilMs > now ? 'transient' : '';
  }

  /** Reserves a recovering key for one call. Returns how to end that; `undefined` when it is another call's turn. */
  startProbe(now: number): (() => void) | undefined {
    return this.state(now) === 'recovering' && !this.permit.isTaken(now) ? this.permit.take(now) : undefined;
  }

  /** Merges in what another process knows. */
  absorb(told: KeyRecord, now: number): Transition | undefined {
    const { record, suspectUntilMs } = this.#view;
    const joined = joinRecords(record, told);
    if (isSameRecord(joined, record)) return undefined;
    const before = this.state(now);
    this.#see({ record: joined, suspectUntilMs: joined.generation > record.generation ? 0 : suspectUntilMs });
    const after = this.state(now);
    if (before === 'recovering' && after !== before) this.permit.forgo();
    if (after === before || after === 'recovering') return undefined;
    if (after === 'healthy') return 'recovered';
    if (after === 'disabled') return 'disabled';
    return after === 'cooling' && before !== 'disabled' ? 'cooled-down' : undefined;
  }

  /** Forgets what was known before a reset of the whole key. */
  lift(generation: number): void {
    if (this.#view.record.generation >= generation) return;
    this.#see({ record: { ...freshRecord, generation }, suspectUntilMs: 0 });
  }

  /** Moves what is known, when the clock that its times were read from turns out to be this much behind. */
  shift(ms: number): void {
    const { record, suspectUntilMs } = this.#view;
    if (ms === 0 || this.#view === freshView) return;
    const move = (time: number): number => (time === 0 ? 0 : Math.max(0, time + ms));
    // The same facts in other words: what has started before still counts.
    this.#view = {
      record: { ...record, generation: move(record.generation), untilMs: move(record.untilMs) },
      suspectUntilMs: move(suspectUntilMs),
    };
    this.permit.shift(ms);
  }

  /** A success ends the cooldown that it probed and the suspicion that it started from, and no later one. */
  recordSuccess(revision: number): Transition | undefined {
    const { record, suspectUntilMs } = this.#view;
    if (this.#recordRevision > revision) return undefined;
    const wasCooled = record.untilMs > 0 || record.level > 0;
    const wasSuspect = suspectUntilMs > 0 && this.#viewRevision <= revision;
    if (!wasCooled && !wasSuspect) return undefined;
    const healed = { ...freshRecord, generation: record.generation, epoch: record.epoch + 1 };
    this.#see({
      record: wasCooled ? joinRecords(record, healed) : record,
      suspectUntilMs: wasSuspect ? 0 : suspectUntilMs,
    });
    return 'recovered';
  }

  /**
   * Whether a failure still counts, given the revision at which its attempt started.
   *
   * A stated time is a fact and counts whatever was learned meanwhile, unless the key has recovered or was reset since.
   */
  counts(verdict: ErrorVerdict, revision: number): boolean {
    if (verdict.kind === 'transient') return this.#viewRevision <= revision;
    if (this.#recordRevision <= revision) return true;
    return this.isSameLife(revision) && (verdict.kind === 'invalid-key' || statesTime(verdict));
  }

  /** Whether the key has neither recovered nor been reset since that revision. */
  isSameLife(revision: number): boolean {
    return this.#lifeRevision <= revision;
  }

  /** Lets a failure that counts change the health. */
  applyFailure(verdict: ErrorVerdict, now: number): Transition | undefined {
    switch (verdict.kind) {
      case 'caller-error':
        return undefined;
      case 'transient':
        return this.suspect(now + suspicionMs, now);
      case 'rate-limited':
        if (verdict.retryAfterMs === 0) return this.suspect(now + suspicionMs, now);
        if (verdict.retryAfterMs === undefined) return this.#coolByLadder(now);
        return this.#coolUntil(now + verdict.retryAfterMs, verdict.kind, now);
      case 'quota-exhausted': {
        const { resetsAtMs = 0, recheckAfterMs = quotaRecheckMs } = verdict;
        return this.#coolUntil(resetsAtMs > now ? resetsAtMs : now + recheckAfterMs, verdict.kind, now);
      }
      case 'invalid-key':
        if (verdict.recheckAfterMs === undefined) return this.#disable(verdict.kind);
        return this.#coolUntil(now + verdict.recheckAfterMs, verdict.kind, now);
    }
  }

  /** Prefers other keys until then. */
  suspect(untilMs: number, now: number): Transition | undefined {
    const wasSuspect = this.#view.suspectUntilMs > now;
    this.#see({ record: this.#view.record, suspectUntilMs: Math.max(this.#view.suspectUntilMs, untilMs) });
    return wasSuspect ? undefined : 'suspected';
  }

  /** An operator takes the key out until `reset()`. */
  disable(): Transition | undefined {
    return this.#disable('operator');
  }

  /** An operator forgets everything known about the key. */
  reset(now: number): Transition | undefined {
    const wasHealthy = this.state(now) === 'healthy';
    this.permit.release();
    // A time, so that of two resets in processes that do not see each other the later one wins.
    const generation = Math.max(this.#view.record.generation + 1, Math.ceil(now));
    this.#see({ record: { ...freshRecord, generation }, suspectUntilMs: 0 });
    return wasHealthy ? undefined : 'recovered';
  }

  #see(view: HealthView): void {
    const { record } = this.#view;
    const { generation, epoch, untilMs, disabled } = view.record;
    this.#view = view;
    this.#isClear = untilMs === 0 && disabled === '' && view.suspectUntilMs === 0;
    const revision = ++this.#revision.current;
    this.#viewRevision = revision;
    if (view.record !== record) this.#recordRevision = revision;
    if (generation !== record.generation) this.#resetRevision = revision;
    if (generation !== record.generation || epoch !== record.epoch) this.#lifeRevision = revision;
  }

  #coolByLadder(now: number): Transition | undefined {
    const { record } = this.#view;
    // One outage raises the level once, however many keys of a group report it.
    if (record.untilMs > now) return undefined;
    const level = record.level + 1;
    const cooldownMs = Math.min(firstCooldownMs * 2 ** (level - 1), longestCooldownMs);
    this.#see({ record: { ...record, level, untilMs: now + cooldownMs, reason: 'rate-limited' }, suspectUntilMs: 0 });
    return 'cooled-down';
  }

  #coolUntil(untilMs: number, reason: VerdictKind, now: number): Transition | undefined {
    const { record } = this.#view;
    const joined = joinRecords(record, { ...record, untilMs: Math.ceil(untilMs), reason, disabled: '' });
    if (isSameRecord(joined, record)) return undefined;
    const wasOut = record.disabled !== '' || record.untilMs > now;
    this.#see({ record: joined, suspectUntilMs: 0 });
    if (wasOut) return undefined;
    return reason === 'invalid-key' ? 'disabled' : 'cooled-down';
  }

  #disable(reason: UnavailableReason): Transition | undefined {
    const { record, suspectUntilMs } = this.#view;
    const joined = joinRecords(record, { ...record, disabled: reason });
    if (isSameRecord(joined, record)) return undefined;
    this.#see({ record: joined, suspectUntilMs });
    return record.disabled === '' ? 'disabled' : undefined;
  }
}

function statesTime(verdict: ErrorVerdict): boolean {
  if (verdict.kind === 'rate-limited') return (verdict.retryAfterMs ?? 0) > 0;
  return verdict.kind === 'quota-exhausted';
}
