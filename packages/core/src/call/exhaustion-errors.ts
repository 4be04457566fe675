import { AllKeysFailedError, DeadlineExceededError, type ExhaustedReason } from '../base/errors.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import type { UnavailableReason } from '../state/key-record.ts';
import type { CallPlan } from './call-plan.ts';
import { failedAttempts, type Failure } from './failed-attempts.ts';

/** What an error tells about a call. */
interface FailedCall {
  readonly plan: CallPlan;
  readonly failures: readonly Failure[];
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
  // Two keys in trouble accuse the provider, whatever a third one says.
  const inTrouble = [...byKey.values()].filter(({ kind }) => kind === 'transient');
  if (inTrouble.length > 1) return 'unavailable';
  const all = pool.keys.map(
    (key) => reasons[byKey.get(key)?.kind ?? key.unavailableReason(bucket, now)] ?? 'unavailable',
  );
  const [first = 'unavailable', ...others] = new Set(all);
  return others.length === 0 ? first : 'mixed';
}

/** Builds the error of a call that no key could serve, and tells that the keys are exhausted. */
export function allKeysFailed({ plan, failures }: FailedCall, isBudgetSpent = false): AllKeysFailedError {
  const { pool, bucket } = plan;
  const { provider, adapter, events } = pool;
  const reason = exhaustedReason(pool, bucket, failures);
  const waitMs = pool.soonestRecoveryMs(bucket);
  const wait = waitMs === undefined ? {} : { retryAfterMs: waitMs };
  events.emit('keys.exhausted', () => ({ provider, reason, attempts: failures.length, isBudgetSpent, ...wait }));
  const { displayName } = adapter;
  const tried = isBudgetSpent
    ? `Too many retries lately: ${displayName} was given up`
    : `All keys of ${displayName} failed`;
  const what = failures.length > 0 ? tried : `No key of ${displayName} can be used`;
  // While a suspect key can be used, nobody has to wait for the others.
  const hint =
    waitMs === undefined || pool.select(bucket) ? '' : ` The first one is back in ${Math.ceil(waitMs / 1000)} s.`;
  const isAllDisabled = failures.length === 0 && reason === 'invalid-keys';
  const way = isAllDisabled ? ' Disabled keys come back with reset() or enable().' : '';
  const last = failures.at(-1);
  return new AllKeysFailedError(`${what} (${reason}).${hint}${way}`, {
    provider,
    reason,
    attempts: failedAttempts(failures),
    ...wait,
    ...(last ? { cause: last.error } : {}),
  });
}

/** Builds the error of a call whose deadline has passed, or would pass before anything else can be tried. */
export function deadlineExceeded({ plan, failures }: FailedCall): DeadlineExceededError {
  const { pool, settings } = plan;
  const last = failures.at(-1);
  const tried = `${failures.length} failed attempt${failures.length === 1 ? '' : 's'}`;
  return new DeadlineExceededError(
    `The deadline of ${settings.deadline} ms for ${pool.adapter.displayName} was reached after ${tried}.`,
    { provider: pool.provider, attempts: failedAttempts(failures), ...(last ? { cause: last.error } : {}) },
  );
}
