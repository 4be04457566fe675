import type { ErrorVerdict } from '../base/verdict.ts';
import { noDoubt, type Doubt } from './doubt.ts';
import {
  absorbRecord,
  applyVerdict,
  disableView,
  factUntilMs,
  freshView,
  isClear,
  isVague,
  reasonOf,
  shiftView,
  stateOf,
  statesTime,
  type HealthView,
  type KeyState,
} from './health-view.ts';
import { freshRecord, isSameRecord, joinRecords, type KeyRecord, type UnavailableReason } from './key-record.ts';
import { ProbePermit } from './probe-permit.ts';
import type { SharedClock } from './shared-clock.ts';
import { transitionBetween, type Transition } from './transition.ts';

/** Two ends of a cooldown that are no further apart are the same one, as two clocks show it. */
const sameEndMs = 60_000;

/** What all keys of a pool share: the clock, the revision, and how refused keys are treated. */
export interface HealthContext {
  readonly clock: SharedClock;
  /** Whether a key that was refused as invalid is tried again. */
  readonly recheckInvalid: boolean;
  /** The number of changes of health so far; an attempt remembers the revision at which it started. */
  revision: number;
}

/**
 * One key's health. Its state follows from the clock, without timers.
 *
 * An outcome counts only against what was known when it started: of many concurrent failures the first one makes the
 * transition, and a failure from before a recovery changes nothing.
 */
export class KeyHealth {
  /** Lets one call at a time probe the key. */
  readonly permit: ProbePermit = new ProbePermit();
  #view: HealthView = freshView;
  #isClear = true;
  readonly #context: HealthContext;
  // Revision at which each last changed. Older evidence is ignored.
  #viewRevision = 0;
  #recordRevision = 0;
  /** The revision of the last recovery or reset. */
  #lifeRevision = 0;
  #resetRevision = 0;
  #changedAtMs = 0;

  /**
   * Pass the health of the `whole` key for a bucket: an earlier reset of the key also applies to it. `epoch` is that of its record.
   */
  constructor(context: HealthContext, whole?: KeyHealth, epoch = 0) {
    this.#context = context;
    if (epoch > 0) this.#view = { ...freshView, record: { ...freshRecord, epoch } };
    if (!whole || whole.#resetRevision === 0) return;
    this.#view = { ...freshView, record: { ...freshRecord, generation: whole.#view.record.generation, epoch } };
    this.#viewRevision = this.#recordRevision = this.#lifeRevision = this.#resetRevision = whole.#resetRevision;
  }

  /** Whether nothing is known against the key, at any time. */
  get isClear(): boolean {
    return this.#isClear;
  }

  get view(): HealthView {
    return this.#view;
  }

  /** Until when other keys are preferred, in ms since the epoch. */
  get suspectUntilMs(): number {
    return this.#view.doubt.suspectUntilMs;
  }

  /** When the cooldown by facts and guesses ends, in ms since the epoch; 0 if there is none. */
  get outUntilMs(): number {
    return Math.max(factUntilMs(this.#view, this.#context.clock), this.#view.doubt.restUntilMs);
  }

  state(now: number): KeyState {
    return this.#isClear ? 'healthy' : stateOf(this.#view, this.#context.clock, now);
  }

  /** Whether only a guess keeps the key out. Calls then use it as a last resort. */
  isOutByGuess(now: number): boolean {
    const { record, doubt } = this.#view;
    return doubt.restUntilMs > now && record.disabled === '' && factUntilMs(this.#view, this.#context.clock) <= now;
  }

  /** When the cooldown ends, in ms since the epoch; `undefined` if the key is available now or needs `reset()`. */
  availableAtMs(now: number): number | undefined {
    return this.#view.record.disabled || this.outUntilMs <= now ? undefined : this.outUntilMs;
  }

  /** Whether waiting for the key makes sense. A refused key is tried again later, but rarely works. */
  comesBack(now: number): boolean {
    const { disabled, reason, level } = this.#view.record;
    return disabled === '' && !(reason === 'invalid-key' && level > 0 && this.state(now) === 'disabled');
  }

  /** When the state changes next without an event, in ms since the epoch; `Infinity` if it does not. */
  changesAtMs(now: number): number {
    if (this.#isClear) return Infinity;
    const { restUntilMs, suspectUntilMs } = this.#view.doubt;
    const ends = [factUntilMs(this.#view, this.#context.clock), restUntilMs, suspectUntilMs];
    return Math.min(...ends.filter((end) => end > now));
  }

  /** The end of the record by the wall clock, in ms since the epoch; `Infinity` unless it ends at a date. */
  get endsAtDateMs(): number {
    return this.#view.statedEnd?.dateMs ?? Infinity;
  }

  /** From when on nothing is held against the key, in ms since the epoch: its last end or change; `Infinity` if it is disabled. */
  get endsAtMs(): number {
    if (this.#view.record.disabled) return Infinity;
    return Math.max(this.outUntilMs, this.suspectUntilMs, this.#changedAtMs);
  }

  /** Why the key is out or suspect: the kind of the last verdict that counted. */
  unavailableReason(now: number): UnavailableReason {
    return reasonOf(this.#view, this.#context.clock, now);
  }

  /** Reserves the probe of a recovering key. Returns the function that releases it; `undefined` if another call holds it. */
  startProbe(now: number): (() => void) | undefined {
    return this.state(now) === 'recovering' && !this.permit.isTaken(now) ? this.permit.take(now) : undefined;
  }

  /** Merges in the record of another process. */
  absorb(found: KeyRecord, now: number): Transition | undefined {
    const wasRecovering = this.state(now) === 'recovering';
    const transition = this.#update(absorbRecord(this.#view, found), now);
    if (wasRecovering && this.state(now) !== 'recovering') this.permit.forgo();
    return transition;
  }

  /** Takes over what is known elsewhere of the key. What is known here already is joined with its facts. */
  takeOver(known: HealthView, now: number): Transition | undefined {
    return this.#update(this.#view === freshView ? known : absorbRecord(this.#view, known.record), now);
  }

  /** Becomes equal to the health of the same key in another pool. What is worse here stays. */
  mirror(view: HealthView, now: number, isFromStore: boolean): Transition | undefined {
    const { record, doubt } = this.#view;
    const joined = absorbRecord(this.#view, view.record);
    const isSameEnd = Math.abs(joined.record.untilMs - record.untilMs) < sameEndMs;
    // The clocks of two pools differ a little. From the store, the difference would go from process to process and come back.
    if (isFromStore && isSameEnd && isSameRecord({ ...joined.record, untilMs: record.untilMs }, record))
      return undefined;
    const transition = this.#update(
      isSameRecord(joined.record, view.record) ? view : { ...joined, doubt: view.doubt },
      now,
    );
    if (isDoubted(doubt) && !isDoubted(view.doubt)) this.#lifeRevision = this.#viewRevision;
    return transition;
  }

  /** Applies a reset of the whole key to this bucket. */
  lift(generation: number, now: number): void {
    if (this.#view.record.generation >= generation) return;
    this.#update({ ...freshView, record: { ...freshRecord, generation } }, now);
  }

  /** Adds `ms` to all times, to correct for a clock that was behind. */
  shift(ms: number): void {
    if (ms === 0 || this.#view === freshView) return;
    // The facts stay the same, so running attempts still count and the revision does not change.
    this.#view = shiftView(this.#view, ms);
    this.#changedAtMs += ms;
    this.permit.shift(ms);
  }

  /** Ends the cooldown and the doubt that existed when the successful attempt started, but nothing newer. */
  recordSuccess(revision: number, now: number): Transition | undefined {
    const { record, doubt, statedEnd } = this.#view;
    if (this.#recordRevision > revision) return undefined;
    const wasOut = record.untilMs > 0 || record.level > 0;
    const wasDoubted = this.#viewRevision <= revision && isDoubted(doubt);
    if (!wasOut && !wasDoubted) return undefined;
    const healed = { ...freshRecord, generation: record.generation, epoch: record.epoch + 1 };
    const recoveredAtMs = doubt.suspectUntilMs > 0 ? now : doubt.recoveredAtMs;
    const transition = this.#update(
      {
        record: wasOut ? joinRecords(record, healed) : record,
        statedEnd: wasOut ? undefined : statedEnd,
        doubt: wasDoubted ? { ...noDoubt, suspicionMs: doubt.suspicionMs, recoveredAtMs } : doubt,
      },
      now,
    );
    this.#lifeRevision = this.#viewRevision;
    return transition;
  }

  /** Like `recordSuccess`, but a cooldown by a limit stays, until an attempt has shown that it is over. */
  recordAccepted(revision: number, now: number): Transition | undefined {
    const { record, doubt } = this.#view;
    const isLimited = doubt.restLevel > 0 || (record.untilMs > 0 && record.reason !== 'invalid-key');
    return isLimited ? undefined : this.recordSuccess(revision, now);
  }

  /**
   * Whether a failure still counts, given the revision at which its attempt started.
   *
   * A stated time is a fact: it extends a running cooldown even if the health has changed during the attempt, unless the key has
   * recovered or was reset.
   */
  counts(verdict: ErrorVerdict, revision: number, now: number): boolean {
    // A guess needs evidence from after the last change, so that a burst of failures is one guess.
    if (isVague(verdict)) return this.#viewRevision <= revision;
    if (!this.isSameLife(revision)) return false;
    if (this.#recordRevision <= revision || verdict.kind === 'invalid-key') return true;
    return statesTime(verdict) && this.state(now) === 'cooling';
  }

  /** Whether the key has neither recovered nor been reset since that revision. */
  isSameLife(revision: number): boolean {
    return this.#lifeRevision <= revision;
  }

  /** Applies a failure that counts. `historyMs` is the time in ms until the key's own requests leave room again. */
  applyFailure(verdict: ErrorVerdict, now: number, historyMs: number = Infinity): Transition | undefined {
    const { clock, recheckInvalid } = this.#context;
    return this.#update(applyVerdict(this.#view, verdict, { clock, recheckInvalid, now, historyMs }), now);
  }

  /** Disables the key until `reset()`. */
  disable(now: number): Transition | undefined {
    return this.#update(disableView(this.#view, 'operator'), now);
  }

  /** Forgets everything that is known about the key. */
  reset(now: number): Transition | undefined {
    this.permit.release();
    // The current time, so that the later of two resets wins, even in processes that do not see each other.
    const generation = Math.max(this.#view.record.generation + 1, Math.ceil(now));
    return this.#update({ ...freshView, record: { ...freshRecord, generation } }, now);
  }

  #update(view: HealthView, now: number): Transition | undefined {
    const { record, statedEnd, doubt } = this.#view;
    const isSame = isSameRecord(record, view.record);
    if (isSame && doubt === view.doubt) return undefined;
    const before = this.state(now);
    const { generation, epoch } = view.record;
    this.#view = isSame ? { ...view, record } : view;
    this.#isClear = isClear(view);
    this.#changedAtMs = now;
    const revision = ++this.#context.revision;
    this.#viewRevision = revision;
    if (!isSame || view.statedEnd !== statedEnd) this.#recordRevision = revision;
    if (generation !== record.generation) this.#resetRevision = revision;
    if (generation !== record.generation || epoch !== record.epoch) this.#lifeRevision = revision;
    // Also of a key that was refused: an operator has taken over.
    const isSwitchedOff = record.disabled !== 'operator' && view.record.disabled === 'operator';
    return isSwitchedOff ? 'disabled' : transitionBetween(before, this.state(now));
  }
}

function isDoubted({ suspectUntilMs, restLevel }: Doubt): boolean {
  return suspectUntilMs > 0 || restLevel > 0;
}
