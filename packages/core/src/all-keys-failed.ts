import { AllKeysFailedError, DeadlineExceededError, type ExhaustedReason } from './errors.ts';
import { failedAttempts, type Failure } from './failed-attempts.ts';
import type { OutReason } from './key-record.ts';
import type { KeyPool } from './key-pool.ts';
import type { ErrorVerdict } from './provider-adapter.ts';
import type { RunningCall } from './running-attempt.ts';

const reasons: Readonly<Record<OutReason, ExhaustedReason | undefined>> = {
  transient: 'unavailable',
  'rate-limited': 'rate-limited',
  'quota-exhausted': 'quota-exhausted',
  'invalid-key': 'invalid-keys',
  'caller-error': undefined,
  operator: 'unavailable',
  '': undefined,
};

// Two keys that fail alike accuse the provider, whatever a third one says.
function failsAlike(verdicts: readonly ErrorVerdict[]): boolean {
  const transient = verdicts.filter(({ kind }) => kind === 'transient').map(({ reason }) => reason);
  return new Set(transient).size < transient.length;
}

function exhaustedReason(pool: KeyPool, bucket: string, failures: readonly Failure[]): ExhaustedReason {
  const now = pool.environment.now();
  const byKey = new Map(failures.map(({ key, verdict }) => [key, verdict]));
  if (failsAlike([...byKey.values()])) return 'unavailable';
  const all = pool.keys.map((key) => reasons[byKey.get(key)?.kind ?? key.outReason(bucket, now)] ?? 'unavailable');
  const [first = 'unavailable', ...others] = new Set(all);
  return others.length === 0 ? first : 'mixed';
}

/** Builds the error of a call that no key could serve, and tells that the keys are exhausted. */
export function allKeysFailed({ pool, bucket, failures }: RunningCall, why?: string): AllKeysFailedError {
  const { provider, adapter, events } = pool;
  const reason = exhaustedReason(pool, bucket, failures);
  const waitMs = pool.soonestRecoveryMs(bucket);
  const wait = waitMs === undefined ? {} : { retryAfterMs: waitMs };
  events.tell('keys.exhausted', () => ({ provider, reason, attempts: failures.length, ...wait }));
  const { displayName } = adapter;
  const tried = why ? `${why}: ${displayName} was given up` : `All keys of ${displayName} failed`;
  const what = failures.length > 0 ? tried : `No key of ${displayName} can be used`;
  const hint = waitMs === undefined ? '' : ` The first one is back in ${Math.ceil(waitMs / 1000)} s.`;
  const last = failures.at(-1);
  return new AllKeysFailedError(`${what} (${reason}).${hint}`, {
    provider,
    reason,
    attempts: failedAttempts(failures),
    ...wait,
    ...(last ? { cause: last.error } : {}),
  });
}

/** Builds the error of a call whose deadline has passed, or would pass before anything else can be tried. */
export function deadlineExceeded({ pool, settings, failures }: RunningCall): DeadlineExceededError {
  const last = failures.at(-1);
  const tried = `${failures.length} failed attempt${failures.length === 1 ? '' : 's'}`;
  return new DeadlineExceededError(
    `The deadline of ${settings.deadline} ms for ${pool.adapter.displayName} was reached after ${tried}.`,
    { provider: pool.provider, attempts: failedAttempts(failures), ...(last ? { cause: last.error } : {}) },
  );
}
