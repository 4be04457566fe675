import { asName, isName } from '../base/check-arguments.ts';
import { readField } from '../base/read-field.ts';
import { redactor } from '../base/redaction.ts';
import type { ErrorVerdict } from '../base/verdict.ts';
import type { KeyVerdict, ProbeResult, RateLimit } from './provider-adapter.ts';

/** What a hook may return besides `undefined`. */
export interface HookResult<T> {
  readonly isValid: (value: unknown) => value is T;
  /** For warnings: "it must return …". */
  readonly description: string;
}

const kinds: readonly unknown[] = ['transient', 'rate-limited', 'quota-exhausted', 'invalid-key', 'caller-error'];

/** Whether a value is a verdict; another copy of this package can state one that this copy does not know. */
export function isVerdict(value: unknown): value is ErrorVerdict {
  return kinds.includes(readField(value, 'kind')) && isString(readField(value, 'reason'));
}

const keyVerdicts: readonly unknown[] = [
  'invalid-key',
  'quota-exhausted',
  'rate-limited',
] satisfies KeyVerdict['kind'][];

function isProbeResult(value: unknown): value is ProbeResult {
  const facts = ['operation', 'group', 'reason'].map((name) => readField(value, name));
  if (!facts.every((fact) => fact === undefined || isString(fact))) return false;
  const rateLimits = readField(value, 'rateLimits');
  if (rateLimits !== undefined && !isListOfLimits(rateLimits)) return false;
  const verdict = readField(value, 'verdict');
  switch (readField(value, 'outcome')) {
    case 'working':
      return true;
    case 'refused':
      return isVerdict(verdict) && keyVerdicts.includes(verdict.kind);
    case 'inconclusive':
      return isString(readField(value, 'reason'));
    default:
      return false;
  }
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Infinity;
}

function isListOfLimits(value: unknown): value is readonly RateLimit[] {
  return (
    Array.isArray(value) &&
    value.every((limit) => isString(readField(limit, 'name')) && typeof readField(limit, 'remaining') === 'number')
  );
}

function isBucket(value: unknown): value is string {
  return isName('bucket', value);
}

/** Whether a text can name a group. A key cannot, because all redacted names would be the same group. */
function isGroup(value: unknown): value is string {
  return isName('group', value) && redactor.redact(value) === value;
}

const sharedNames: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  ['group', isGroup],
  ['bucket', isBucket],
  ['operation', isBucket],
]);

/**
 * Returns a verdict, a limit or the result of a probe with names that logs, `status()` and stores can carry.
 *
 * A `reason`, the `name` of a limit and other texts are cut, because only people read them. Keys with the same `group` or `bucket`
 * share a state, so a wrong one is left out: two long names that are cut to the same text would be one bucket.
 */
export function withCleanNames<T extends object>(given: T): T {
  const entries: [string, unknown][] = Object.entries(given);
  const kept = entries.filter(([name, value]) => sharedNames.get(name)?.(value) ?? true);
  return Object.fromEntries(kept.map(([name, value]) => [name, sharedNames.has(name) ? value : cut(value)])) as T;
}

function cut(value: unknown): unknown {
  return typeof value === 'string' ? asName('reason', value) : value;
}

function isResponse(value: unknown): value is Response {
  return typeof readField(value, 'status') === 'number';
}

const verdict: HookResult<ErrorVerdict> = {
  isValid: isVerdict,
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
  readonly readLimits: HookResult<readonly RateLimit[]>;
  readonly watch: HookResult<Response>;
} = {
  classifyError: verdict,
  classifyResult: verdict,
  probe: { isValid: isProbeResult, description: "the result of a probe, such as { outcome: 'working' }" },
  bucketOf: { isValid: isBucket, description: 'a text of 1 to 256 characters in one line' },
  groupOf: { isValid: isGroup, description: 'a text of 1 to 128 characters in one line without a key, or undefined' },
  unitsOf: { isValid: isAmount, description: 'a number' },
  readLimits: { isValid: isListOfLimits, description: 'a list of limits, each with its name and remaining amount' },
  watch: { isValid: isResponse, description: 'a Response' },
};
