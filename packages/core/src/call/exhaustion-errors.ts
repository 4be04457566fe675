import { errorMessage } from '../base/error-message.ts';
import { AllKeysFailedError, DeadlineExceededError, type ExhaustedReason } from '../base/all-keys-failed-error.ts';
import type { EventOrigin } from '../events/events.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import type { UnavailableReason } from '../state/key-record.ts';
import type { CallPlan } from './call-plan.ts';
import { RecordedAttempt, type Failure } from './failed-attempts.ts';

/** How a pool ended for a call: the error, and the sentence that describes it. */
export interface Exhaustion {
  readonly error: Error;
  readonly text: string;
}

/** The part of a call that its errors describe. */
export interface FailedCall {
  readonly id: string;
  readonly durationMs: number;
  readonly plan: CallPlan;
  /** The failures in this pool. */
  readonly failures: readonly Failure[];
  /** The call in all pools that it has been in, the first one first. */
  readonly parts: readonly Pick<FailedCall, 'failures' | 'exhaustion'>[];
  readonly home: EventOrigin;
  exhaustion: Exhaustion | undefined;
  nextPlan(): CallPlan | undefined;
}

const reasons: Readonly<Record<UnavailableReason, ExhaustedReason | undefined>> = {
  transient: 'unavailable',
  'rate-limited': 'rate-limited',
  'quota-exhausted': 'quota-exhausted',
  'invalid-key': 'invalid-keys',
  'caller-error': undefined,
  operator: 'unavailable',
  '': undefined,
};

function exhaustedReason(pool: KeyPool, bucket: string, failures: readonly Failure[]): ExhaustedReason {
  const now = pool.clock.now();
  const byKey = new Map(failures.map(({ key, verdict }) => [key, verdict]));
  // Two keys with transient failures point to the provider, whatever the others report.
  const inTrouble = [...byKey.values()].filter(({ kind }) => kind === 'transient');
  if (inTrouble.length > 1) return 'unavailable';
  const all = pool.keys.map(
    (key) => reasons[byKey.get(key)?.kind ?? key.unavailableReason(bucket, now)] ?? 'unavailable',
  );
  const [first = 'unavailable', ...others] = new Set(all);
  return others.length === 0 ? first : 'mixed';
}

/** Builds the error of a call that has no key left in this pool and those before it, and emits `keys.exhausted`. */
export function allKeysFailed(call: FailedCall, isBudgetSpent = false): AllKeysFailedError {
  const { plan, failures } = call;
  const { pool, bucket } = plan;
  const reason = exhaustedReason(pool, bucket, failures);
  const waitMs = pool.soonestRecoveryMs(bucket);
  const fallbackTo = call.nextPlan()?.pool.origin;
  pool.events.emit('keys.exhausted', () => ({
    ...pool.origin,
    callId: call.id,
    durationMs: call.durationMs,
    reason,
    attempts: failures.length,
    isBudgetSpent,
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    ...(fallbackTo ? { fallbackTo } : {}),
  }));
  const all = allFailures(call);
  const last = all.at(-1);
  const text = `${whatHappened(pool, failures, isBudgetSpent)} (${reason}).`;
  const sentences = [
    ...call.parts.flatMap(({ exhaustion }) => exhaustion?.text ?? []),
    text,
    ...(last ? [whatHappenedLast(last)] : []),
    // While a suspect key can be used, the caller need not wait for the others.
    ...(waitMs === undefined || pool.select(bucket) ? [] : [availableAgain(pool, waitMs)]),
    ...(failures.length === 0 && reason === 'invalid-keys' ? ['Call reset() or enable() once the keys work.'] : []),
  ];
  const earlier = call.parts.at(-2)?.exhaustion?.error;
  const known = AllKeysFailedError.isInstance(earlier) ? earlier : undefined;
  const retryAfterMs = Math.min(waitMs ?? Infinity, known?.retryAfterMs ?? Infinity);
  const error = new AllKeysFailedError(sentences.join(' '), {
    ...call.home,
    reason: earlier && known?.reason !== reason ? 'mixed' : reason,
    isBudgetSpent: isBudgetSpent || known?.isBudgetSpent === true,
    attempts: () => recorded(all),
    ...(retryAfterMs === Infinity ? {} : { retryAfterMs }),
    ...(last ? { cause: last.error } : {}),
  });
  call.exhaustion = { error, text };
  return error;
}

/** The failures of a call in all pools that it has been in. */
function allFailures({ parts }: Pick<FailedCall, 'parts'>): readonly Failure[] {
  return parts.flatMap(({ failures }) => failures);
}

function whatHappened({ displayName, keys }: KeyPool, failures: readonly Failure[], isBudgetSpent: boolean): string {
  const tried = new Set(failures.map(({ key }) => key)).size;
  const after = `after ${failures.length} attempt${failures.length === 1 ? '' : 's'}`;
  if (failures.length === 0) return `No key of ${displayName} is available`;
  if (isBudgetSpent) return `Gave up on ${displayName} ${after}: the retry budget is spent`;
  if (keys.length === 1) return `The only key of ${displayName} failed ${after}`;
  if (tried === keys.length) return `All ${keys.length} keys of ${displayName} failed ${after}`;
  return `${tried} of ${keys.length} keys of ${displayName} failed ${after}, the others are not available`;
}

function availableAgain({ keys }: KeyPool, waitMs: number): string {
  const which = keys.length === 1 ? 'It' : 'The first key';
  return `${which} is available again in ${Math.ceil(waitMs / 1000)} s.`;
}

function whatHappenedLast({ key, error }: Failure): string {
  const message = errorMessage(error);
  return `Last, with ${key.ref.label}: ${message}${endOf(message)}`;
}

function endOf(message: string): string {
  return /[.!?…]$/.test(message) ? '' : '.';
}

function recorded(failures: readonly Failure[]): RecordedAttempt[] {
  return failures.map((failure) => new RecordedAttempt(failure));
}

/** Builds the error of a call that the retry budget has ended. */
export function budgetSpent(call: FailedCall): AllKeysFailedError {
  call.plan.pool.onBudgetSpent();
  return allKeysFailed(call, true);
}

/** Builds the error of a call whose deadline has passed, or would pass before the next attempt. */
export function deadlineExceeded(call: Pick<FailedCall, 'plan' | 'parts' | 'home'>): DeadlineExceededError {
  const { pool, settings } = call.plan;
  const failures = allFailures(call);
  const last = failures.at(-1);
  const tried = `${failures.length} failed attempt${failures.length === 1 ? '' : 's'}`;
  return new DeadlineExceededError(
    `The deadline of ${settings.deadline} ms for ${pool.displayName} was reached after ${tried}.`,
    { ...call.home, attempts: () => recorded(failures), ...(last ? { cause: last.error } : {}) },
  );
}
