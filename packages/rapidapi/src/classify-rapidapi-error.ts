import {
  readField,
  headersOfError,
  isAbortError,
  isTransportFailure,
  parseRetryAfter,
  parseStatedWait,
  readHeader,
  statedWait,
  type ClassifyContext,
  type ErrorVerdict,
  type HeadersLike,
} from '@api-key-fallback/core/adapter';
import { judgeStatus, rules, windowIn, type Judgement, type Rule } from './rapidapi-error-rules.ts';
import { messageIn } from './rapidapi-error.ts';
import { readRateLimits } from './read-rate-limits.ts';

/** The response behind an error. */
interface Answer {
  readonly status: number;
  readonly message: string;
  readonly headers: HeadersLike | undefined;
  /** The host of the API that was called, when known. */
  readonly host: string | undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Reads a `RapidApiError`, and the errors that other clients throw for the same response. */
function readAnswer(error: unknown, operation: string | undefined): Answer | undefined {
  const statuses = [readField(error, 'status'), readField(error, 'response', 'status')];
  const status = statuses.find((value): value is number => typeof value === 'number' && value >= 300 && value < 600);
  if (status === undefined) return undefined;
  const bodies = [readField(error, 'body'), readField(error, 'response', 'data')];
  const message = bodies.map(messageIn).find((text) => text !== undefined) ?? textOf(readField(error, 'message'));
  const host = textOf(readField(error, 'host')) ?? operation;
  return { status, message: message ?? '', headers: headersOfError(error), host };
}

function matches({ statuses, text, fromGateway }: Rule, { status, message, headers }: Answer): boolean {
  if (!statuses.includes(status) || (text && !text.test(message))) return false;
  // The gateway marks its own responses with this header: https://docs.rapidapi.com/v1.0/docs/response-headers
  return !fromGateway || readHeader(headers, 'x-rapidapi-proxy-response')?.trim() === 'true';
}

/** The latest reset among the exhausted quotas. The gateway sends 0 or -1 as what remains of those. */
function endOfQuota({ headers }: Answer, now: number): { resetsAtMs: number } | { recheckAfterMs: number } {
  const waits = readRateLimits(headers, now)
    .filter(({ counted, remaining }) => counted !== undefined && remaining !== undefined && remaining <= 0)
    .map(({ resetsInMs }) => resetsInMs ?? 0);
  const longest = Math.max(0, ...waits);
  return longest > 0 ? { resetsAtMs: now + longest } : { recheckAfterMs: 3_600_000 };
}

/** Milliseconds until the rate limit resets; `undefined` when the headers say that some of it is left. */
function resetOfRate({ headers }: Answer, now: number): number | undefined {
  const rate = readRateLimits(headers, now).find(({ counted }) => counted === undefined);
  return (rate?.remaining ?? 0) > 0 ? undefined : rate?.resetsInMs;
}

function verdictOn(answer: Answer, judgement: Judgement, reason: string, now: number): ErrorVerdict {
  const { headers, message, host } = answer;
  const bucket = host === undefined ? {} : { bucket: host };
  const statedMs = parseRetryAfter(headers, now);
  switch (judgement.kind) {
    case 'caller-error':
      return { kind: judgement.kind, reason };
    case 'transient':
      return { kind: judgement.kind, reason, ...statedWait(statedMs) };
    case 'invalid-key':
      return { kind: judgement.kind, reason, scope: 'key', ...(judgement.onHost ? bucket : {}) };
    case 'quota-exhausted':
      return { kind: judgement.kind, reason, scope: 'key', ...bucket, ...endOfQuota(answer, now) };
    case 'rate-limited': {
      const waitMs = statedMs ?? resetOfRate(answer, now) ?? parseStatedWait(message) ?? windowIn(message);
      return { kind: judgement.kind, reason, scope: 'key', ...bucket, ...statedWait(waitMs) };
    }
  }
}

/** Classifies an error of `rapidApiFetch` by known text, then by sender (gateway or API), then by status. */
export function classifyRapidApiError(error: unknown, { now, operation }: ClassifyContext): ErrorVerdict | undefined {
  if (isAbortError(error)) return { kind: 'caller-error', reason: 'aborted' };
  const answer = readAnswer(error, operation);
  if (!answer) return isTransportFailure(error) ? { kind: 'transient', reason: 'network' } : undefined;
  const rule = rules.find((row) => matches(row, answer));
  if (rule) return verdictOn(answer, rule.judgement, rule.reason, now);
  return verdictOn(answer, judgeStatus(answer.status), `http_${answer.status}`, now);
}
