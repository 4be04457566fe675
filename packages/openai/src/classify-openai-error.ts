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

/** The response behind an error. Fields are absent or empty when there was no response. */
interface Answer {
  /** Also absent for an error in the middle of an OpenAI stream. */
  readonly status: number | undefined;
  readonly code: string;
  readonly type: string;
  readonly message: string;
  readonly headers: HeadersLike | undefined;
  /** The wait in ms from the body; some compatible servers put it there. */
  readonly bodyWaitMs: number | undefined;
}

/** The client copies the response's `error` fields onto the error it throws and keeps the original as `error.error`. */
function readAnswer(error: unknown): Answer {
  const text = (name: string): string => {
    const values = [readField(error, name), readField(error, 'error', name)];
    return values.find((value) => typeof value === 'string') ?? '';
  };
  // OpenRouter sends the status as `code` when a stream fails midway: https://openrouter.ai/docs/api/errors
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

/** Returns the reason when the rule matches the response. */
function match({ codes, types, text }: Rule, { status, code, type, message, headers }: Answer): string | undefined {
  if (codes?.includes(code)) return code;
  if (types?.includes(type)) return type;
  const hasStatus = text && (status === text.status || (status === undefined && headers));
  return hasStatus && text.pattern.test(message) ? text.reason : undefined;
}

/** Milliseconds until the exhausted limits are full again. That overstates the wait, so it is the last resort. */
function resetOfUsedUpLimits(headers: HeadersLike = {}): number | undefined {
  const resets = readOpenAILimits(headers, { now: 0 })
    .filter(({ remaining }) => remaining === 0)
    .map(({ resetsAtMs }) => resetsAtMs)
    .filter((resetMs) => resetMs !== undefined);
  return resets.length > 0 ? Math.max(...resets) : undefined;
}

/** Returns the text unless it looks like a key or is too long for a name. */
function nameIn(text: string | undefined): string | undefined {
  return text && text.length <= 64 && !/^(?:sk|rk|pk)-/i.test(text) ? text : undefined;
}

/** Rate limits apply per model, and only the message names the model. */
function bucketOf({ message }: Answer): { bucket?: string } {
  const model = nameIn(/^(?:429 )?Rate limit reached for (?:model )?`?([\w.:/-]+)`? (?:in|on|\()/.exec(message)?.[1]);
  return model === undefined ? {} : { bucket: model };
}

/** The organisation named in a response or error. Keys of one organisation share their limits. */
export function organizationOf(source: unknown): string | undefined {
  return nameIn(readHeader(headersOfError(source), 'openai-organization'));
}

function scopeFields(scope: 'key' | 'group', { headers }: Answer): { scope: 'key' | 'group'; group?: string } {
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
      const fields = { ...scopeFields(scope, answer), ...bucketOf(answer) };
      return { kind, reason, ...fields, ...statedWait(waitMs ?? unstatedWaitMs) };
    }
    case 'quota-exhausted':
    case 'invalid-key':
      return { ...judgement, reason, ...scopeFields(judgement.scope, answer) };
  }
}

/** All client errors have the name `Error`. Bundlers minify class names, so the message is checked too. */
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

/** Classifies an error of the `openai` client by code, then type, known text and status. */
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
