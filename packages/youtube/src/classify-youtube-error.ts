import {
  readField,
  headersOfError,
  isAbortError,
  isTransportFailure,
  parseDuration,
  parseRetryAfter,
  parseStatedWait,
  statedWait,
  type ClassifyContext,
  type ErrorVerdict,
} from '@api-key-fallback/core/adapter';
import { nextPacificMidnight } from './next-pacific-midnight.ts';
import { bucketOf, limitReasons, rules, windowOf } from './youtube-error-rules.ts';

/** The response behind an error. A text is empty when the response does not have it. */
interface Answer {
  readonly status: number | undefined;
  readonly message: string;
  /** From `errors[0]`. */
  readonly reason: string;
  readonly domain: string;
  /** From the `ErrorInfo` in `details`. */
  readonly detail: string;
  readonly quotaLimit: string;
  readonly quotaLimitValue: string;
  readonly quotaMetric: string;
  readonly consumer: string;
  /** The wait in ms from the headers, a `RetryInfo` or the message. */
  readonly statedWaitMs: number | undefined;
}

function text(source: unknown, ...path: readonly string[]): string {
  const value = readField(source, ...path);
  return typeof value === 'string' ? value : '';
}

/** The `error` object of a Google response (https://google.aip.dev/193#http11json-representation), also without its wrapper. */
function bodyOf(error: unknown): unknown {
  const bodies = [
    readField(error, 'response', 'data', 'error'),
    readField(error, 'response', 'data'),
    readField(error, 'error'),
  ];
  const parts = ['message', 'errors', 'details'];
  return bodies.find((body) => parts.some((name) => readField(body, name) !== undefined)) ?? error;
}

function statusOf(error: unknown, body: unknown): number | undefined {
  const candidates = [
    readField(error, 'status'),
    readField(error, 'response', 'status'),
    readField(error, 'code'),
    readField(body, 'code'),
  ];
  return candidates.find((value): value is number => typeof value === 'number' && value >= 400 && value < 600);
}

// Usually one ErrorInfo, sometimes with a Help, a LocalizedMessage or a RetryInfo.
const mostDetails = 10;

function readAnswer(error: unknown, now: number): Answer {
  const body = bodyOf(error);
  const entries = Array.from({ length: mostDetails }, (_, index) => readField(body, 'details', String(index)));
  const info = entries.find((entry) => text(entry, 'reason') !== '');
  const delay = entries.map((entry) => text(entry, 'retryDelay')).find((value) => value !== '') ?? '';
  const message = text(body, 'message') || text(error, 'message');
  return {
    status: statusOf(error, body),
    message,
    reason: text(body, 'errors', '0', 'reason'),
    domain: text(body, 'errors', '0', 'domain'),
    detail: text(info, 'reason'),
    quotaLimit: text(info, 'metadata', 'quota_limit'),
    quotaLimitValue: text(info, 'metadata', 'quota_limit_value'),
    quotaMetric: text(info, 'metadata', 'quota_metric'),
    consumer: text(info, 'metadata', 'consumer'),
    statedWaitMs: parseRetryAfter(headersOfError(error), now) ?? parseDuration(delay) ?? parseStatedWait(message),
  };
}

// Accepts only a project's number or id, because Google names a suspended consumer by its whole key:
// https://github.com/google/generative-ai-docs/issues/356
function projectOf(consumer: string): string | undefined {
  return /^projects\/(?:\d+|[a-z][a-z0-9-]{4,28}[a-z0-9])$/.test(consumer) ? consumer : undefined;
}

function scopeFields(scope: 'key' | 'group', { consumer }: Answer): { scope: 'key' | 'group'; group?: string } {
  const group = scope === 'group' ? projectOf(consumer) : undefined;
  return group ? { scope, group } : { scope };
}

function isLimit({ reason, detail, status }: Answer): boolean {
  return limitReasons.includes(reason) || detail === 'RATE_LIMIT_EXCEEDED' || status === 429;
}

// Decided by the window, not by reason or status: an exhausted daily bucket responds with 429 `rateLimitExceeded`,
// https://github.com/fqscfqj/Y2A-Auto/issues/124
function judgeLimit(answer: Answer, now: number): ErrorVerdict {
  const { message, domain, quotaLimit, quotaMetric, quotaLimitValue, statedWaitMs } = answer;
  const reason = limitReasons.includes(answer.reason) ? answer.reason : 'rateLimitExceeded';
  const window = windowOf(quotaLimit, message);
  const group = scopeFields('group', answer);
  const bucket = bucketOf(quotaLimit, quotaMetric, message);
  const isDaily = window === undefined && (reason === 'dailyLimitExceeded' || domain === 'youtube.quota');
  if (window === 'day' || isDaily) {
    // The project has no quota for this at all. Waiting does not help; the reason tells the operator.
    const quotaReason = quotaLimitValue === '0' ? 'noQuota' : reason;
    return { kind: 'quota-exhausted', reason: quotaReason, ...group, bucket, resetsAtMs: nextPacificMidnight(now) };
  }
  const ofBucket = window === undefined ? {} : { bucket };
  return { kind: 'rate-limited', reason, ...group, ...ofBucket, ...statedWait(statedWaitMs ?? 60_000) };
}

function judgeAnswer(answer: Answer, now: number): ErrorVerdict | undefined {
  for (const rule of rules) {
    const reason = rule.in === 'details' ? answer.detail : answer.reason;
    if (rule.reason.test(reason)) return { ...rule.judgement, reason, ...scopeFields(rule.judgement.scope, answer) };
  }
  if (isLimit(answer)) return judgeLimit(answer, now);
  const { status } = answer;
  if (status === undefined) return undefined;
  const reason = `http_${status}`;
  if (status === 408 || status >= 500) return { kind: 'transient', reason, ...statedWait(answer.statedWaitMs) };
  return { kind: 'caller-error', reason };
}

function isCallersAbort(error: unknown): boolean {
  return isAbortError(error) || readField(error, 'code') === 'AbortError';
}

/** Classifies an error of `@googleapis/youtube` by reason, then by the window of a limit, then by status. */
export function classifyYouTubeError(error: unknown, { now }: Pick<ClassifyContext, 'now'>): ErrorVerdict | undefined {
  if (isCallersAbort(error)) return { kind: 'caller-error', reason: 'aborted' };
  // Thrown by the client before it sends anything.
  if (text(error, 'message').startsWith('Missing required parameters: ')) {
    return { kind: 'caller-error', reason: 'missing_parameters' };
  }
  const verdict = judgeAnswer(readAnswer(error, now), now);
  if (verdict) return verdict;
  if (readField(error, 'code') === 'TimeoutError') return { kind: 'transient', reason: 'timeout' };
  // The client wraps every failure to send, so look at what the error carries.
  const isUnanswered = readField(error, 'config', 'url') !== undefined && readField(error, 'response') === undefined;
  return isUnanswered || isTransportFailure(error) ? { kind: 'transient', reason: 'network' } : undefined;
}

/** The Cloud project named in an error. Keys of one project share its quota. */
export function projectOfError(error: unknown): string | undefined {
  return projectOf(readAnswer(error, 0).consumer);
}
