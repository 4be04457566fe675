import {
  nextMidnight,
  readField,
  readList,
  statedWait,
  statedWaitOf,
  type ClassifyContext,
  type Failure,
  type VerdictOfRule,
} from '@api-key-fallback/core/adapter';

/** Daily quotas reset at midnight there: https://ai.google.dev/gemini-api/docs/rate-limits */
export const quotaTimeZone = 'America/Los_Angeles';

interface Violation {
  /** Names the window, for example `GenerateRequestsPerDayPerProjectPerModel-FreeTier`. */
  readonly quotaId: string;
  readonly quotaValue: string;
  readonly model: string;
}

function text(source: unknown, ...path: readonly string[]): string {
  const value = readField(source, ...path);
  return typeof value === 'string' ? value : '';
}

function violationsOf({ detail }: Failure): readonly Violation[] {
  return readList(detail, 'details')
    .flatMap((entry) => readList(entry, 'violations'))
    .map((violation) => ({
      quotaId: text(violation, 'quotaId'),
      quotaValue: text(violation, 'quotaValue'),
      model: text(violation, 'quotaDimensions', 'model'),
    }));
}

/**
 * Returns the Cloud project that a failure names. Keys of one project share its quotas.
 *
 * Accepts only a project's number or id, because Google names a suspended consumer by its whole key:
 * https://github.com/google/generative-ai-docs/issues/356
 */
export function projectOf({ detail }: Failure): string | undefined {
  const consumers = readList(detail, 'details').map((entry) => text(entry, 'metadata', 'consumer'));
  return consumers.find((consumer) => /^projects\/(?:\d+|[a-z][a-z0-9-]{4,28}[a-z0-9])$/.test(consumer));
}

/** Returns the model whose quota is exceeded, from the details or else from the message. Its form is not that of a key. */
export function modelOf(failure: Failure): string | undefined {
  const inMessage = /\bmodel: (\S+)/.exec(failure.message)?.[1] ?? '';
  const models = [...violationsOf(failure).map(({ model }) => model), inMessage];
  return models.find((model) => /^[a-z][a-z0-9.-]{2,63}$/.test(model));
}

const minuteMs = 60_000;
const outOfQuota = { kind: 'quota-exhausted', scope: 'group' } as const;

/** Judges an exceeded quota of a day, or one of nothing. `undefined` for any other. */
export function judgeDailyQuota(failure: Failure, { now }: ClassifyContext): VerdictOfRule | undefined {
  const violations = violationsOf(failure);
  // A limit of 0 is left out of the details.
  const hasNoQuota = /\blimit: 0\b/.test(failure.message) || violations.some(({ quotaValue }) => quotaValue === '0');
  // A key of another project may have one. Other models still work with this one, so it is not out for the day.
  if (hasNoQuota) return { ...outOfQuota, reason: 'no_quota', recheckAfterMs: minuteMs };
  if (!violations.some(({ quotaId }) => quotaId.includes('PerDay'))) return undefined;
  // Google states up to a minute with daily quotas too, which is not the time until their reset:
  // https://github.com/diegosouzapw/OmniRoute/issues/9504
  const { retryAfterMs = 0 } = statedWait(statedWaitOf(failure, now));
  const resetsAtMs = retryAfterMs > minuteMs ? now + retryAfterMs : nextMidnight(now, quotaTimeZone);
  return { ...outOfQuota, reason: 'daily_quota', resetsAtMs };
}
