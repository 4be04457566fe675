import {
  googleQuotaViolations,
  nextMidnight,
  statedWait,
  statedWaitOf,
  type ClassifyContext,
  type Failure,
  type VerdictOfRule,
} from '@api-key-fallback/core/adapter';

/** Daily quotas reset at midnight there: https://ai.google.dev/gemini-api/docs/rate-limits */
export const quotaTimeZone = 'America/Los_Angeles';

/** Returns the model whose quota is exceeded, from the details or else from the message. Its form is not that of a key. */
export function modelOf(failure: Failure): string | undefined {
  const inMessage = /\bmodel: (\S+)/.exec(failure.message)?.[1] ?? '';
  const models = [...googleQuotaViolations(failure).map(({ model }) => model), inMessage];
  return models.find((model) => /^[a-z][a-z0-9.-]{2,63}$/.test(model));
}

const minuteMs = 60_000;
const outOfQuota = { kind: 'quota-exhausted', scope: 'group' } as const;

/** Judges an exceeded quota of a day, or one of nothing. `undefined` for any other. */
export function judgeDailyQuota(failure: Failure, { now }: ClassifyContext): VerdictOfRule | undefined {
  const violations = googleQuotaViolations(failure);
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
