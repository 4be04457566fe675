import { errorMessage } from '../base/error-message.ts';
import { AllKeysFailedError, DeadlineExceededError, type ExhaustedReason } from '../base/all-keys-failed-error.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import type { UnavailableReason } from '../state/key-record.ts';
import type { CallPlan } from './call-plan.ts';
import { RecordedAttempt, type Failure } from './failed-attempts.ts';

/** The part of a call that its error describes. */
interface FailedCall {
  readonly plan: CallPlan;
  readonly failures: readonly Failure[];
}

interface IdentifiedCall extends FailedCall {
  readonly id: string;
  readonly durationMs: number;
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

/** Builds the error of a call that has no key left, and emits `keys.exhausted`. */
export function allKeysFailed(call: IdentifiedCall, isBudgetSpent = false): AllKeysFailedError {
  const { plan, failures } = call;
  const { pool, bucket } = plan;
  const { origin, events } = pool;
  const reason = exhaustedReason(pool, bucket, failures);
  const waitMs = pool.soonestRecoveryMs(bucket);
  const wait = waitMs === undefined ? {} : { retryAfterMs: waitMs };
  events.emit('keys.exhausted', () => {
    const { id: callId, durationMs } = call;
    return { ...origin, callId, durationMs, reason, attempts: failures.length, isBudgetSpent, ...wait };
  });
  const last = failures.at(-1);
  const sentences = [
    `${whatHappened(pool, failures, isBudgetSpent)} (${reason}).`,
    ...(last ? [whatHappenedLast(last)] : []),
    // While a suspect key can be used, the caller need not wait for the others.
    ...(waitMs === undefined || pool.select(bucket) ? [] : [availableAgain(pool, waitMs)]),
    ...(failures.length === 0 && reason === 'invalid-keys' ? ['Call reset() or enable() once the keys work.'] : []),
  ];
  return new AllKeysFailedError(sentences.join(' '), {
    ...origin,
    reason,
    isBudgetSpent,
    attempts: () => recorded(failures),
    ...wait,
    ...(last ? { cause: last.error } : {}),
  });
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
export function budgetSpent(call: IdentifiedCall): AllKeysFailedError {
  call.plan.pool.onBudgetSpent();
  return allKeysFailed(call, true);
}

/** Builds the error of a call whose deadline has passed, or would pass before the next attempt. */
export function deadlineExceeded({ plan, failures }: FailedCall): DeadlineExceededError {
  const { pool, settings } = plan;
  const last = failures.at(-1);
  const tried = `${failures.length} failed attempt${failures.length === 1 ? '' : 's'}`;
  return new DeadlineExceededError(
    `The deadline of ${settings.deadline} ms for ${pool.displayName} was reached after ${tried}.`,
    { ...pool.origin, attempts: () => recorded(failures), ...(last ? { cause: last.error } : {}) },
  );
}
