import type { ErrorVerdict } from '../base/verdict.ts';
import { noDoubt, rest, suspectAgain, type Doubt } from './doubt.ts';
import { freshRecord, isSameRecord, joinRecords, type KeyRecord, type UnavailableReason } from './key-record.ts';
import type { SharedClock } from './shared-clock.ts';

const quotaRecheckMs = 3_600_000;
const firstInvalidRecheckMs = 300_000;
const longestInvalidRecheckMs = 86_400_000;
/** How far apart processes can place the same date on the shared clock. Midnight must not become a second past midnight. */
const clockErrorMs = 50;

/** A key's state at one moment. `recovering`: its cooldown is over, and the next call probes it. */
export type KeyState = 'healthy' | 'suspect' | 'recovering' | 'cooling' | 'disabled';

/** The end of a cooldown as the provider stated it. */
interface StatedEnd {
  /** In shared time, in ms since the epoch. */
  readonly untilMs: number;
  /** By the wall clock, in ms since the epoch; `undefined` unless it ends at a date, such as midnight. */
  readonly dateMs: number | undefined;
}

/** All that is known against a key. */
export interface HealthView {
  /** Facts: what the provider or an operator said. Shared through the store. */
  readonly record: KeyRecord;
  /** The exact end of the record; `undefined` when another process has reported it, because shared ends are rounded. */
  readonly statedEnd: StatedEnd | undefined;
  /** Guesses, which stay in this process: a bad network here says nothing about other processes. */
  readonly doubt: Doubt;
}

/** The view of a new key. */
export const freshView: HealthView = Object.freeze({ record: freshRecord, statedEnd: undefined, doubt: noDoubt });

/** The end of the cooldown by facts, in ms since the epoch; 0 if there is none. */
export function factUntilMs({ record, statedEnd }: HealthView, clock: SharedClock): number {
  if (!statedEnd) return record.untilMs;
  return statedEnd.dateMs === undefined ? statedEnd.untilMs : clock.fromDate(statedEnd.dateMs);
}

/** Whether nothing is known against the key, at any time. */
export function isClear({ record, doubt }: HealthView): boolean {
  const isDoubted = doubt.suspectUntilMs > 0 || doubt.restUntilMs > 0;
  return record.untilMs === 0 && record.disabled === '' && !isDoubted;
}

/** The key's state at a moment. */
export function stateOf(view: HealthView, clock: SharedClock, now: number): KeyState {
  const { record, doubt } = view;
  if (isClear(view)) return 'healthy';
  if (record.disabled) return 'disabled';
  if (factUntilMs(view, clock) > now) return record.reason === 'invalid-key' ? 'disabled' : 'cooling';
  if (doubt.restUntilMs > now) return 'cooling';
  return doubt.suspectUntilMs > now ? 'suspect' : 'recovering';
}

/** Why the key is out or suspect: the kind of the last verdict that counted. */
export function reasonOf(view: HealthView, clock: SharedClock, now: number): UnavailableReason {
  const { record, doubt } = view;
  if (record.disabled) return record.disabled;
  if (factUntilMs(view, clock) > now) return record.reason;
  if (doubt.restUntilMs > now) return 'rate-limited';
  return doubt.suspectUntilMs > now ? 'transient' : '';
}

/** The same facts and guesses by a clock that is `ms` ahead. */
export function shiftView({ record, statedEnd, doubt }: HealthView, ms: number): HealthView {
  const move = (time: number): number => (time === 0 ? 0 : Math.max(0, time + ms));
  const movedEnd = statedEnd && { ...statedEnd, untilMs: move(statedEnd.untilMs) };
  const untilMs = movedEnd ? sharedEnd(movedEnd) : move(record.untilMs);
  return {
    record: { ...record, generation: move(record.generation), untilMs },
    statedEnd: movedEnd,
    doubt: {
      ...doubt,
      suspectUntilMs: move(doubt.suspectUntilMs),
      recoveredAtMs: move(doubt.recoveredAtMs),
      restUntilMs: move(doubt.restUntilMs),
      restSinceMs: move(doubt.restSinceMs),
    },
  };
}

/** The circumstances under which a verdict is applied. */
export interface VerdictContext {
  readonly clock: SharedClock;
  /** Whether a key that was refused as invalid is tried again. */
  readonly recheckInvalid: boolean;
  readonly now: number;
  /** The time in ms until the key's own requests leave room again; for a refusal without a stated wait. */
  readonly historyMs: number;
}

/** Returns the view after a failure; the same view if the failure changes nothing. */
export function applyVerdict(view: HealthView, verdict: ErrorVerdict, context: VerdictContext): HealthView {
  const { clock, now, historyMs } = context;
  switch (verdict.kind) {
    case 'caller-error':
      return view;
    case 'transient':
      return { ...view, doubt: suspectAgain(view.doubt, now) };
    case 'rate-limited':
      if (verdict.retryAfterMs === 0) return { ...view, doubt: suspectAgain(view.doubt, now) };
      if (verdict.retryAfterMs === undefined) return { ...view, doubt: rest(view.doubt, now, historyMs) };
      return takeOut(view, { untilMs: now + verdict.retryAfterMs, reason: verdict.kind });
    case 'quota-exhausted': {
      const { resetsAtMs, recheckAfterMs = quotaRecheckMs } = verdict;
      const resetMs = resetsAtMs === undefined ? 0 : clock.fromDate(resetsAtMs);
      if (resetMs > now) return takeOut(view, { untilMs: resetMs, reason: verdict.kind }, resetsAtMs);
      return takeOut(view, { untilMs: now + recheckAfterMs, reason: verdict.kind });
    }
    case 'invalid-key':
      if (verdict.recheckAfterMs === undefined) return refuse(view, context);
      return takeOut(view, { untilMs: now + verdict.recheckAfterMs, reason: verdict.kind });
  }
}

/** Returns the view with the record of another process merged in; the same view if that changes nothing. */
export function absorbRecord(view: HealthView, found: KeyRecord): HealthView {
  const { record, statedEnd, doubt } = view;
  const joined = joinRecords(record, found);
  if (isSameRecord(joined, record)) return view;
  if (joined.generation > record.generation) return { ...freshView, record: joined };
  const isSameEnd = joined.untilMs === record.untilMs && joined.epoch === record.epoch;
  return { record: joined, statedEnd: isSameEnd ? statedEnd : undefined, doubt };
}

/** Returns the view of a key that only `reset()` or `enable()` restores. */
export function disableView(view: HealthView, reason: UnavailableReason): HealthView {
  return { ...view, record: joinRecords(view.record, { ...view.record, disabled: reason }) };
}

/** A refused key is tried again after 5 min, doubling up to 24 h. Only an operator disables a key for good. */
function refuse(view: HealthView, { clock, now, recheckInvalid }: VerdictContext): HealthView {
  const { reason, level } = view.record;
  if (!recheckInvalid) return disableView(view, 'invalid-key');
  // A burst of refusals doubles the time once.
  if (reason === 'invalid-key' && factUntilMs(view, clock) > now) return view;
  const recheckMs = Math.min(firstInvalidRecheckMs * 2 ** level, longestInvalidRecheckMs);
  return takeOut(view, { untilMs: now + recheckMs, reason: 'invalid-key', level: level + 1 });
}

function takeOut({ record, statedEnd, doubt }: HealthView, fact: Partial<KeyRecord>, dateMs?: number): HealthView {
  const stated: StatedEnd = { untilMs: fact.untilMs ?? 0, dateMs };
  const joined = joinRecords(record, { ...record, ...fact, untilMs: sharedEnd(stated), disabled: '' });
  const isLater = statedEnd !== undefined && stated.untilMs > statedEnd.untilMs;
  const later = isLater ? { ...statedEnd, untilMs: stated.untilMs } : statedEnd;
  // Keeps the lengths of suspicions and rests, because the key has not succeeded.
  const certain = { ...doubt, suspectUntilMs: 0, restUntilMs: 0 };
  return { record: joined, statedEnd: joined.untilMs > record.untilMs ? stated : later, doubt: certain };
}

/** The end to share: rounded up to a second, so that all processes that meet the same limit report the same end, and only one report travels. */
function sharedEnd({ untilMs, dateMs }: StatedEnd): number {
  return Math.ceil((dateMs === undefined ? untilMs : untilMs - clockErrorMs) / 1000) * 1000;
}

/** Whether a failure states neither a fact about the key nor a wait, so that it only counts as a guess. */
export function isVague(verdict: ErrorVerdict): boolean {
  return verdict.kind === 'transient' || (verdict.kind === 'rate-limited' && verdict.retryAfterMs === undefined);
}

/** Whether a failure states when the key works again. */
export function statesTime(verdict: ErrorVerdict): boolean {
  if (verdict.kind === 'rate-limited') return (verdict.retryAfterMs ?? 0) > 0;
  return verdict.kind === 'quota-exhausted';
}

/**
 * What applies to the account of a key, so that a new key of the account takes it over: limits, quotas and an operator's switch. A
 * refusal as invalid and a suspicion stay behind.
 */
export function ofAccount({ record, statedEnd, doubt }: HealthView): HealthView {
  const isLimited = record.reason === 'rate-limited' || record.reason === 'quota-exhausted';
  const { untilMs, level, reason } = isLimited ? record : freshRecord;
  const disabled = record.disabled === 'operator' ? record.disabled : '';
  const { restUntilMs, restSinceMs, restLevel } = doubt;
  return {
    record: { ...freshRecord, untilMs, level, reason, disabled },
    statedEnd: isLimited ? statedEnd : undefined,
    doubt: { ...noDoubt, restUntilMs, restSinceMs, restLevel },
  };
}
