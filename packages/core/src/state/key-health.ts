import type { ErrorVerdict } from '../base/verdict.ts';
import { demote, noDoubt } from './doubt.ts';
import {
  applyVerdict,
  disableView,
  factUntilMs,
  freshView,
  isClear,
  reasonOf,
  shiftView,
  stateOf,
  type HealthView,
  type KeyState,
} from './health-view.ts';
import { freshRecord, isSameRecord, joinRecords, type KeyRecord, type UnavailableReason } from './key-record.ts';
import { ProbePermit } from './probe-permit.ts';
import type { SharedClock } from './shared-clock.ts';

/** What an outcome changed, so that one event is emitted for it. */
export type Transition = 'suspected' | 'cooled-down' | 'disabled' | 'recovered';

/** What all keys of a pool share: the clock, the count of changes, and how refused keys are treated. */
export interface HealthContext {
  readonly clock: SharedClock;
  /** Whether a key that was refused as invalid is looked at again. */
  readonly recheckInvalid: boolean;
  /** The number of changes of health so far; an attempt remembers the revision at which it started. */
  revision: number;
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
  readonly #context: HealthContext;
  // Revision at which each last changed. Older evidence is ignored.
  #viewRevision = 0;
  #recordRevision = 0;
  /** Of the last recovery or reset. */
  #lifeRevision = 0;
  #resetRevision = 0;

  /** The health of a key, or of one of its buckets: a reset of the `whole` key covers a bucket that is made later. */
  constructor(context: HealthContext, whole?: KeyHealth) {
    this.#context = context;
    if (!whole || whole.#resetRevision === 0) return;
    this.#view = { ...freshView, record: { ...freshRecord, generation: whole.#view.record.generation } };
    this.#viewRevision = this.#recordRevision = this.#lifeRevision = this.#resetRevision = whole.#resetRevision;
  }

  /** Whether nothing at all speaks against the key, whatever the time. */
  get isClear(): boolean {
    return this.#isClear;
  }

  get view(): HealthView {
    return this.#view;
  }

  /** Until when other keys are preferred, in ms since the epoch. */
  get suspectUntilMs(): number {
    return Math.max(this.#view.doubt.suspectUntilMs, this.#view.doubt.demotedUntilMs);
  }

  /** Until when the key is out, by a fact or by a guess, in ms since the epoch; 0 when it is not. */
  get outUntilMs(): number {
    return Math.max(factUntilMs(this.#view, this.#context.clock), this.#view.doubt.restUntilMs);
  }

  state(now: number): KeyState {
    return this.#isClear ? 'healthy' : stateOf(this.#view, this.#context.clock, now);
  }

  /** Whether the key is out by a guess alone: it may be asked when nothing else is left. */
  isOutByGuess(now: number): boolean {
    const { record, doubt } = this.#view;
    return doubt.restUntilMs > now && record.disabled === '' && factUntilMs(this.#view, this.#context.clock) <= now;
  }

  /** When the key may be used again, in ms since the epoch; `undefined` when it may now, or never by itself. */
  availableAtMs(now: number): number | undefined {
    return this.#view.record.disabled || this.outUntilMs <= now ? undefined : this.outUntilMs;
  }

  /** Whether waiting for the key makes sense: a refused key is looked at again, but hardly comes back by itself. */
  comesBack(now: number): boolean {
    const { disabled, reason, level } = this.#view.record;
    return disabled === '' && !(reason === 'invalid-key' && level > 0 && this.state(now) === 'disabled');
  }

  /** When the state changes by itself, in ms since the epoch; `Infinity` when it does not. */
  changesAtMs(now: number): number {
    if (this.#isClear) return Infinity;
    const { restUntilMs, suspectUntilMs, demotedUntilMs } = this.#view.doubt;
    const ends = [factUntilMs(this.#view, this.#context.clock), restUntilMs, suspectUntilMs, demotedUntilMs];
    return Math.min(...ends.filter((end) => end > now));
  }

  /** The date by the wall clock at which the record ends; `Infinity` when it ends after a time, or not at all. */
  get endsAtDateMs(): number {
    return this.#view.dateMs ?? Infinity;
  }

  /** Why the key is out or suspect: the kind of the last verdict that counted. */
  unavailableReason(now: number): UnavailableReason {
    return reasonOf(this.#view, this.#context.clock, now);
  }

  /** Reserves a recovering key for one call. Returns how to end that; `undefined` when it is another call's turn. */
  startProbe(now: number): (() => void) | undefined {
    return this.state(now) === 'recovering' && !this.permit.isTaken(now) ? this.permit.take(now) : undefined;
  }

  /** Merges in what another process knows. */
  absorb(found: KeyRecord, now: number): Transition | undefined {
    const { record, doubt } = this.#view;
    const joined = joinRecords(record, found);
    if (isSameRecord(joined, record)) return undefined;
    const wasRecovering = this.state(now) === 'recovering';
    const isReset = joined.generation > record.generation;
    const transition = this.#see({ record: joined, dateMs: undefined, doubt: isReset ? noDoubt : doubt }, now);
    if (wasRecovering && this.state(now) !== 'recovering') this.permit.forgo();
    return transition;
  }

  /** Forgets what was known before a reset of the whole key. */
  lift(generation: number, now: number): void {
    if (this.#view.record.generation >= generation) return;
    this.#see({ ...freshView, record: { ...freshRecord, generation } }, now);
  }

  /** Moves all times, when the clock that they were read from turns out to be this much behind. */
  shift(ms: number): void {
    if (ms === 0 || this.#view === freshView) return;
    // The same facts in other words: what has started before still counts.
    this.#view = shiftView(this.#view, ms);
    this.permit.shift(ms);
  }

  /** A success ends what it started from: the cooldown that it probed and the doubt, and nothing later. */
  recordSuccess(revision: number, now: number): Transition | undefined {
    const { record, doubt, dateMs } = this.#view;
    if (this.#recordRevision > revision) return undefined;
    const wasOut = record.untilMs > 0 || record.level > 0;
    const wasDoubted = this.#viewRevision <= revision && (doubt.suspectUntilMs > 0 || doubt.restLevel > 0);
    if (!wasOut && !wasDoubted) return undefined;
    const healed = { ...freshRecord, generation: record.generation, epoch: record.epoch + 1 };
    const recoveredAtMs = doubt.suspectUntilMs > 0 ? now : doubt.recoveredAtMs;
    const transition = this.#see(
      {
        record: wasOut ? joinRecords(record, healed) : record,
        dateMs: wasOut ? undefined : dateMs,
        doubt: wasDoubted
          ? { ...noDoubt, suspicionMs: doubt.suspicionMs, demotedUntilMs: doubt.demotedUntilMs, recoveredAtMs }
          : doubt,
      },
      now,
    );
    this.#lifeRevision = this.#viewRevision;
    return transition;
  }

  /**
   * Whether a failure still counts, given the revision at which its attempt started.
   *
   * A stated time is a fact and extends a cooldown that runs, whatever was learned meanwhile, unless the key has recovered
   * or was reset since.
   */
  counts(verdict: ErrorVerdict, revision: number, now: number): boolean {
    // A guess is made from what is newer than the last one: a burst of failures is one guess.
    if (isVague(verdict)) return this.#viewRevision <= revision;
    if (!this.isSameLife(revision)) return false;
    if (this.#recordRevision <= revision || verdict.kind === 'invalid-key') return true;
    return statesTime(verdict) && this.state(now) === 'cooling';
  }

  /** Whether the key has neither recovered nor been reset since that revision. */
  isSameLife(revision: number): boolean {
    return this.#lifeRevision <= revision;
  }

  /** Lets a failure that counts change the health. `historyMs`: when the key's own history has room again. */
  applyFailure(verdict: ErrorVerdict, now: number, historyMs: number = Infinity): Transition | undefined {
    const { clock, recheckInvalid } = this.#context;
    return this.#see(applyVerdict(this.#view, verdict, { clock, recheckInvalid, now, historyMs }), now);
  }

  /** Prefers other keys until then. */
  demote(untilMs: number, now: number): Transition | undefined {
    return this.#see({ ...this.#view, doubt: demote(this.#view.doubt, untilMs) }, now);
  }

  /** An operator takes the key out until `reset()`. */
  disable(now: number): Transition | undefined {
    return this.#see(disableView(this.#view, 'operator'), now);
  }

  /** An operator forgets everything known about the key. */
  reset(now: number): Transition | undefined {
    this.permit.release();
    // A time, so that of two resets in processes that do not see each other the later one wins.
    const generation = Math.max(this.#view.record.generation + 1, Math.ceil(now));
    return this.#see({ ...freshView, record: { ...freshRecord, generation } }, now);
  }

  #see(view: HealthView, now: number): Transition | undefined {
    const { record, doubt } = this.#view;
    const isSame = isSameRecord(record, view.record);
    if (isSame && doubt === view.doubt) return undefined;
    const before = this.state(now);
    const { generation, epoch } = view.record;
    this.#view = isSame ? { ...view, record } : view;
    this.#isClear = isClear(view);
    const revision = ++this.#context.revision;
    this.#viewRevision = revision;
    if (!isSame) this.#recordRevision = revision;
    if (generation !== record.generation) this.#resetRevision = revision;
    if (generation !== record.generation || epoch !== record.epoch) this.#lifeRevision = revision;
    return transitionBetween(before, this.state(now));
  }
}

function transitionBetween(before: KeyState, after: KeyState): Transition | undefined {
  if (after === before || after === 'recovering') return undefined;
  if (after === 'healthy') return 'recovered';
  if (after === 'disabled') return 'disabled';
  if (after === 'cooling') return before === 'disabled' ? undefined : 'cooled-down';
  return before === 'healthy' || before === 'recovering' ? 'suspected' : undefined;
}

/** Whether a failure states neither a fact about the key nor a time. */
export function isVague(verdict: ErrorVerdict): boolean {
  return verdict.kind === 'transient' || (verdict.kind === 'rate-limited' && verdict.retryAfterMs === undefined);
}

function statesTime(verdict: ErrorVerdict): boolean {
  if (verdict.kind === 'rate-limited') return (verdict.retryAfterMs ?? 0) > 0;
  return verdict.kind === 'quota-exhausted';
}
