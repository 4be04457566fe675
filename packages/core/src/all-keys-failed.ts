import { errorMessage } from './error-message.ts';
import { AllKeysFailedError, type ExhaustedReason, type FailedAttempt } from './errors.ts';
import type { OutReason } from './key-health.ts';
import type { KeyPool } from './key-pool.ts';
import type { PooledKey } from './pooled-key.ts';
import type { ErrorVerdict } from './provider-adapter.ts';
import { redactor } from './redaction.ts';
import type { RunningCall } from './running-attempt.ts';

/** One failed attempt as the loop notes it, with the error as it was thrown. */
export interface Failure {
  readonly key: PooledKey;
  readonly attempt: number;
  readonly verdict: ErrorVerdict;
  readonly error: unknown;
  readonly delayMs: number | undefined;
}

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

function told({ key, attempt, verdict, error, delayMs }: Failure): FailedAttempt {
  return {
    keyId: key.name.keyId,
    attempt,
    verdict: verdict.kind,
    reason: verdict.reason,
    error: redactor.redactValue(error),
    message: errorMessage(error),
    ...(delayMs === undefined ? {} : { delayMs }),
  };
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
    attempts: failures.map(told),
    ...wait,
    ...(last ? { cause: last.error } : {}),
  });
}
