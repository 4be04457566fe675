import { AllKeysFailedError, DeadlineExceededError, type ExhaustedReason } from '../base/all-keys-failed-error.ts';
import type { Draw } from '../limits/draw.ts';
import { knownWaitMs } from '../limits/meters.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { UnavailableReason } from '../state/key-record.ts';
import type { CallPlan } from './call-plan.ts';
import { RecordedAttempt, type Failure } from './failed-attempts.ts';
import { homeOf, partsOf, soonestRecoveryOf } from './pools-of-call.ts';

/** How the keys of a pool have ended for a call. */
export interface Exhaustion {
  /** The error of the call, unless it goes on in another pool. */
  readonly error: Error;
  readonly reason: ExhaustedReason;
  readonly isBudgetSpent: boolean;
  /** The sentence that describes it. */
  readonly text: string;
}

/** The part of a call that its errors describe. */
export interface Attempted {
  readonly plan: CallPlan;
  /** The failures in this pool. */
  readonly failures: readonly Failure[];
  /** The same call in the pool before this one. */
  readonly before: Attempted | undefined;
}

interface FailedCall extends Attempted {
  readonly draw: Draw;
  readonly exhaustion: Exhaustion | undefined;
  readonly before: FailedCall | undefined;
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

function exhaustedReason(pool: KeyPool, draw: Draw, failures: readonly Failure[]): ExhaustedReason {
  const now = pool.clock.now();
  const byKey = new Map(failures.map(({ key, verdict }) => [key, verdict]));
  // Two keys with transient failures point to the provider, whatever the others report.
  const inTrouble = [...byKey.values()].filter(({ kind }) => kind === 'transient');
  if (inTrouble.length > 1) return 'unavailable';
  const isFull = (key: PooledKey) => pool.limits.roomInMs(key, draw, now) > 0;
  const all = (draw.only ? [draw.only] : pool.keys).map(
    (key) =>
      reasons[byKey.get(key)?.kind ?? key.unavailableReason(draw.bucket, now)] ??
      (isFull(key) ? 'limited' : 'unavailable'),
  );
  const [first = 'unavailable', ...others] = new Set(all);
  return others.length === 0 ? first : 'mixed';
}

/** Describes the end of a call that has no key left in this pool and those before it, or no token for another attempt. */
export function exhaustionOf(call: FailedCall, isBudgetSpent: boolean): Exhaustion {
  const { plan, failures } = call;
  const { pool } = plan;
  const reason = exhaustedReason(pool, call.draw, failures);
  const text = `${whatHappened(pool, call.draw, failures, isBudgetSpent)} (${reason}).`;
  const parts = [...earlierExhaustions(call), { reason, isBudgetSpent, text }];
  const all = allFailures(call);
  const last = all.at(-1);
  const waitMs = knownWaitMs(soonestRecoveryOf(call)?.waitMs);
  const sentences = [
    ...parts.map((part) => part.text),
    ...(last ? [whatHappenedLast(last)] : []),
    // While a suspect key can be used, the caller need not wait for the others.
    ...(waitMs === undefined || pool.select(call.draw)
      ? []
      : [availableAgain(parts.length === 1 && (pool.keys.length === 1 || call.draw.only !== undefined), waitMs)]),
    ...(failures.length === 0 && reason === 'invalid-keys' ? ['Call reset() or enable() once the keys work.'] : []),
  ];
  const error = new AllKeysFailedError(sentences.join(' '), {
    ...homeOf(call),
    reason: parts.every((part) => part.reason === reason) ? reason : 'mixed',
    isBudgetSpent: parts.some((part) => part.isBudgetSpent),
    attempts: () => recorded(all),
    ...(waitMs === undefined ? {} : { retryAfterMs: Math.ceil(waitMs) }),
    ...(last ? { cause: last.error } : {}),
  });
  return { error, reason, isBudgetSpent, text };
}

/** How the pools before this one have ended. One that the call has come back to is described by its last end. */
function earlierExhaustions(call: FailedCall): Exhaustion[] {
  const parts = partsOf(call);
  const pools = parts.map(({ plan }) => plan.pool);
  return parts.flatMap(({ plan, exhaustion }, index) =>
    exhaustion && pools.lastIndexOf(plan.pool) === index ? [exhaustion] : [],
  );
}

/** The failures of a call in all pools that it has been in. */
function allFailures(call: Attempted): readonly Failure[] {
  return partsOf<Attempted>(call).flatMap(({ failures }) => failures);
}

function whatHappened(
  { displayName, keys }: KeyPool,
  { only }: Draw,
  failures: readonly Failure[],
  isBudgetSpent: boolean,
): string {
  const tried = new Set(failures.map(({ key }) => key)).size;
  const after = `after ${failures.length} attempt${failures.length === 1 ? '' : 's'}`;
  if (only)
    return `${only.ref.label} of ${displayName}, to which the call is pinned, ${failures.length === 0 ? 'is not available' : `failed ${after}`}`;
  if (failures.length === 0) return `No key of ${displayName} is available`;
  if (isBudgetSpent) return `Gave up on ${displayName} ${after}: the retry budget is spent`;
  if (keys.length === 1) return `The only key of ${displayName} failed ${after}`;
  if (tried === keys.length) return `All ${keys.length} keys of ${displayName} failed ${after}`;
  return `${tried} of ${keys.length} keys of ${displayName} failed ${after}, the others are not available`;
}

function availableAgain(isOnlyKey: boolean, waitMs: number): string {
  const which = isOnlyKey ? 'It' : 'The first key';
  return `${which} is available again in ${Math.ceil(waitMs / 1000)} s.`;
}

function whatHappenedLast({ key, message }: Failure): string {
  return `Last, with ${key.ref.label}: ${message.text}${endOf(message.text)}`;
}

function endOf(message: string): string {
  return /[.!?…]$/.test(message) ? '' : '.';
}

function recorded(failures: readonly Failure[]): RecordedAttempt[] {
  return failures.map((failure) => new RecordedAttempt(failure));
}

/** Builds the error of a call whose deadline has passed, or would pass before the next attempt. */
export function deadlineExceeded(call: Attempted): DeadlineExceededError {
  const { pool, settings } = call.plan;
  const failures = allFailures(call);
  const last = failures.at(-1);
  const tried = `${failures.length} failed attempt${failures.length === 1 ? '' : 's'}`;
  return new DeadlineExceededError(
    `The deadline of ${settings.deadline} ms for ${pool.displayName} was reached after ${tried}.`,
    { ...homeOf(call), attempts: () => recorded(failures), ...(last ? { cause: last.error } : {}) },
  );
}
