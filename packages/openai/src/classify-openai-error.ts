import {
  readField,
  headersOfError,
  isAbortError,
  isTransportFailure,
  parseBodyWait,
  parseRetryAfter,
  parseStatedWait,
  statedWait,
  readHeader,
  type ClassifyContext,
  type ErrorVerdict,
  type HeadersLike,
} from '@api-key-fallback/core/adapter';
import { judgeStatus, rules, type Judgement, type Rule } from './openai-error-rules.ts';
import { readOpenAILimits } from './read-openai-limits.ts';

/** What the answer behind an error says; all of it is absent when there was none. */
interface Answer {
  /** Absent as well when the error came in the middle of a stream of OpenAI's. */
  readonly status: number | undefined;
  readonly code: string;
  readonly type: string;
  readonly message: string;
  readonly headers: HeadersLike | undefined;
  /** The wait in ms that the body states, as some compatible servers do. */
  readonly bodyWaitMs: number | undefined;
}

/** The client copies the answer's `error` onto the error it throws, and keeps the original as `error.error`. */
function readAnswer(error: unknown): Answer {
  const text = (name: string): string => {
    const values = [readField(error, name), readField(error, 'error', name)];
    return values.find((value) => typeof value === 'string') ?? '';
  };
  // In the middle of a stream OpenRouter gives the status as code: https://openrouter.ai/docs/api/errors
  const statuses = [readField(error, 'status'), readField(error, 'code')];
  return {
    status: statuses.find((status) => typeof status === 'number'),
    code: text('code'),
    type: text('type'),
    message: text('message'),
    headers: headersOfError(error),
    bodyWaitMs: parseBodyWait(error),
  };
}

/** What of the answer the rule recognises. */
function match({ codes, types, text }: Rule, { status, code, type, message, headers }: Answer): string | undefined {
  if (codes?.includes(code)) return code;
  if (types?.includes(type)) return type;
  const isMeant = text && (status === text.status || (status === undefined && headers));
  return isMeant && text.pattern.test(message) ? text.reason : undefined;
}

/** The time until the used-up limits are full again: more than needed, so it comes last. */
function resetOfUsedUpLimits(headers: HeadersLike = {}): number | undefined {
  const resets = readOpenAILimits(headers, { now: 0 })
    .filter(({ remaining }) => remaining === 0)
    .map(({ resetsAtMs }) => resetsAtMs)
    .filter((resetMs) => resetMs !== undefined);
  return resets.length > 0 ? Math.max(...resets) : undefined;
}

/** A text of the answer as a name, unless a key is shown where the name should be. */
function nameIn(text: string | undefined): string | undefined {
  return text && text.length <= 64 && !/^(?:sk|rk|pk)-/i.test(text) ? text : undefined;
}

/** Limits count for one model, which only the message names. */
function bucketOf({ message }: Answer): { bucket?: string } {
  const model = nameIn(/^(?:429 )?Rate limit reached for (?:model )?`?([\w.:/-]+)`? (?:in|on|\()/.exec(message)?.[1]);
  return model === undefined ? {} : { bucket: model };
}

/** The organisation that an answer names; its keys share their limits. */
export function organizationOf(source: unknown): string | undefined {
  return nameIn(readHeader(headersOfError(source), 'openai-organization'));
}

function strike(scope: 'key' | 'group', { headers }: Answer): { scope: 'key' | 'group'; group?: string } {
  const group = scope === 'group' ? organizationOf({ headers }) : undefined;
  return group ? { scope, group } : { scope };
}

function verdictOn(answer: Answer, judgement: Judgement, reason: string, now: number): ErrorVerdict {
  const statedMs = parseRetryAfter(answer.headers, now) ?? answer.bodyWaitMs;
  switch (judgement.kind) {
    case 'caller-error':
      return { kind: judgement.kind, reason };
    case 'transient':
      return { kind: judgement.kind, reason, ...statedWait(statedMs) };
    case 'rate-limited': {
      const { kind, scope, unstatedWaitMs } = judgement;
      const waitMs = statedMs ?? parseStatedWait(answer.message) ?? resetOfUsedUpLimits(answer.headers);
      return { kind, reason, ...strike(scope, answer), ...bucketOf(answer), ...statedWait(waitMs ?? unstatedWaitMs) };
    }
    case 'quota-exhausted':
    case 'invalid-key':
      return { ...judgement, reason, ...strike(judgement.scope, answer) };
  }
}

/** The client's own errors are all named `Error`; a bundler shortens the name of the class, but not the message. */
function isClientError(error: unknown, className: string, message: string): boolean {
  return readField(error, 'constructor', 'name') === className || readField(error, 'message') === message;
}

function isCallersAbort(error: unknown): boolean {
  return isAbortError(error) || isClientError(error, 'APIUserAbortError', 'Request was aborted.');
}

function isConnectionFailure(error: unknown): boolean {
  if (isClientError(error, 'APIConnectionError', 'Connection error.')) return true;
  if (isClientError(error, 'APIConnectionTimeoutError', 'Request timed out.')) return true;
  return isTransportFailure(error);
}

/** Judges an error of the `openai` client by code, type, known text and status, in this order. */
export function classifyOpenAIError(error: unknown, { now }: Pick<ClassifyContext, 'now'>): ErrorVerdict | undefined {
  if (isCallersAbort(error)) return { kind: 'caller-error', reason: 'aborted' };
  const answer = readAnswer(error);
  for (const rule of rules) {
    const reason = match(rule, answer);
    if (reason !== undefined) return verdictOn(answer, rule.judgement, reason, now);
  }
  const judgement = answer.status === undefined ? undefined : judgeStatus(answer.status);
  if (judgement) return verdictOn(answer, judgement, `http_${answer.status}`, now);
  return isConnectionFailure(error) ? { kind: 'transient', reason: 'network' } : undefined;
}
