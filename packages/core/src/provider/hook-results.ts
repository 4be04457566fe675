import { asName, isName } from '../base/check-arguments.ts';
import { isAmount } from '../base/check-option.ts';
import { readField } from '../base/read-field.ts';
import { redactor } from '../base/redaction.ts';
import { readUsage, type TokenUsage } from '../base/token-usage.ts';
import type { ErrorVerdict } from '../base/verdict.ts';
import type { KeyVerdict, ProbeResult, RateLimit } from './provider-adapter.ts';

/** What a hook may return besides `undefined`. */
export interface HookResult<T> {
  /** Returns a valid result as core uses it, with its known fields only; `undefined` for any other value. */
  readonly read: (value: unknown) => T | undefined;
  /** For warnings: "it must return …". */
  readonly description: string;
}

const kinds: readonly unknown[] = ['transient', 'rate-limited', 'quota-exhausted', 'invalid-key', 'caller-error'];
const keyKinds: readonly unknown[] = ['invalid-key', 'quota-exhausted', 'rate-limited'] satisfies KeyVerdict['kind'][];
const scopes: readonly unknown[] = ['key', 'group'];
const windows: readonly unknown[] = ['second', 'minute', 'hour', 'day', 'month'];

// The latest time that a Date can hold, minus a thousand years of headroom for additions.
const latestTimeMs = 8.6e15;

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isTime(value: unknown): boolean {
  return isAmount(value) && value <= latestTimeMs;
}

function isBucket(value: unknown): value is string {
  return isName('bucket', value);
}

/** Whether a text can name a group. A key cannot, because all redacted names would be the same group. */
function isGroup(value: unknown): value is string {
  return isName('group', value) && redactor.redact(value) === value;
}

type Checks = Readonly<Record<string, (value: unknown) => boolean>>;

// Keys with the same `group` or `bucket` share a state, so a wrong one is left out: two long names that are cut to the
// same text would be one bucket.
const affected: Checks = { scope: (value) => scopes.includes(value), group: isGroup, bucket: isBucket };

const verdictFields: Checks = { ...affected, retryAfterMs: isTime, resetsAtMs: isTime, recheckAfterMs: isTime };

const limitFields: Checks = {
  limit: isAmount,
  resetsAtMs: isTime,
  roomAtMs: isTime,
  window: (value) => windows.includes(value),
  scope: affected['scope'] as Checks[string],
  bucket: isBucket,
};

/** Copies the valid fields of a value, redacted. Others are left out: they can be anything, such as a response with the key. */
function fieldsOf(value: unknown, checks: Checks): object {
  const fields: Record<string, unknown> = {};
  for (const [name, isValid] of Object.entries(checks)) {
    const field = readField(value, name);
    if (isValid(field)) fields[name] = isString(field) ? redactor.redact(field) : field;
  }
  return fields;
}

/** Returns a `reason` or the `name` of a limit. It is cut, because only people read it. */
function shownText(text: string): string {
  return redactor.redact(asName('reason', text));
}

/** Returns a verdict with its known fields; `undefined` for one of a kind that only another copy of this package knows. */
export function readVerdict(value: unknown): ErrorVerdict | undefined {
  const kind = readField(value, 'kind');
  const reason = readField(value, 'reason');
  if (!kinds.includes(kind) || !isString(reason)) return undefined;
  return { kind, reason: shownText(reason), ...fieldsOf(value, verdictFields) } as ErrorVerdict;
}

function readLimit(value: unknown): RateLimit | undefined {
  const name = readField(value, 'name');
  const remaining = readField(value, 'remaining');
  if (!isString(name) || typeof remaining !== 'number' || Number.isNaN(remaining)) return undefined;
  return { name: shownText(name), remaining, ...fieldsOf(value, limitFields) };
}

function readLimits(value: unknown): readonly RateLimit[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const limits = value.map(readLimit).filter((limit) => limit !== undefined);
  return limits.length === value.length ? limits : undefined;
}

function readProbeResult(value: unknown): ProbeResult | undefined {
  const [outcome, reason, operation, group, limits] = ['outcome', 'reason', 'operation', 'group', 'rateLimits'].map(
    (name) => readField(value, name),
  );
  if (![reason, operation, group].every((text) => text === undefined || isString(text))) return undefined;
  const rateLimits = readLimits(limits ?? []);
  if (!rateLimits) return undefined;
  const facts = { ...fieldsOf({ operation, group }, { operation: isBucket, group: isGroup }), rateLimits };
  if (outcome === 'refused') {
    const refusal = readVerdict(readField(value, 'verdict'));
    return refusal && keyKinds.includes(refusal.kind)
      ? { ...facts, outcome, verdict: refusal as KeyVerdict }
      : undefined;
  }
  if (isString(reason)) {
    return outcome === 'working' || outcome === 'inconclusive'
      ? { ...facts, outcome, reason: shownText(reason) }
      : undefined;
  }
  return outcome === 'working' ? { ...facts, outcome } : undefined;
}

function valid<T>(isValid: (value: unknown) => value is T): (value: unknown) => T | undefined {
  return (value) => (isValid(value) ? value : undefined);
}

function isResponse(value: unknown): value is Response {
  return typeof readField(value, 'status') === 'number';
}

const verdict: HookResult<ErrorVerdict> = {
  read: readVerdict,
  description: "a verdict, such as { kind: 'rate-limited', reason: 'too_many_calls' }, or undefined",
};

/** The results of the hooks of an adapter, and of the options of a call with the same names. */
export const hookResults: {
  readonly classifyError: HookResult<ErrorVerdict>;
  readonly classifyResult: HookResult<ErrorVerdict>;
  readonly probe: HookResult<ProbeResult>;
  readonly bucketOf: HookResult<string>;
  readonly groupOf: HookResult<string>;
  readonly unitsOf: HookResult<number>;
  readonly usageOf: HookResult<TokenUsage>;
  readonly readLimits: HookResult<readonly RateLimit[]>;
  readonly watch: HookResult<Response>;
} = {
  classifyError: verdict,
  classifyResult: verdict,
  probe: { read: readProbeResult, description: "the result of a probe, such as { outcome: 'working' }" },
  bucketOf: { read: valid(isBucket), description: 'a text of 1 to 256 characters in one line' },
  groupOf: {
    read: valid(isGroup),
    description: 'a text of 1 to 128 characters in one line without a key, or undefined',
  },
  unitsOf: { read: valid(isAmount), description: 'a number' },
  usageOf: {
    read: readUsage,
    description: 'numbers from 0, such as { inputTokens: 700, outputTokens: 112 }, or undefined',
  },
  readLimits: { read: readLimits, description: 'a list of limits, each with its name and remaining amount' },
  watch: { read: valid(isResponse), description: 'a Response' },
};
