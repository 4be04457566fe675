import { inspect } from 'node:util';
import type { VerdictKind } from '@api-key-fallback/core';

const strike = ['scope', 'group', 'bucket'];

const fieldsOf: Readonly<Record<VerdictKind, readonly string[]>> = {
  transient: ['kind', 'reason', 'retryAfterMs'],
  'rate-limited': ['kind', 'reason', 'retryAfterMs', ...strike],
  'quota-exhausted': ['kind', 'reason', 'resetsAtMs', 'recheckAfterMs', ...strike],
  'invalid-key': ['kind', 'reason', 'recheckAfterMs', ...strike],
  'caller-error': ['kind', 'reason'],
};

function shown(value: unknown): string {
  return inspect(value, { depth: 0, customInspect: false, maxStringLength: 60, maxArrayLength: 3 });
}

/** All kinds of verdict. */
export const verdictKinds: readonly VerdictKind[] = Object.keys(fieldsOf).filter(isKind);

function isKind(kind: unknown): kind is VerdictKind {
  return typeof kind === 'string' && Object.hasOwn(fieldsOf, kind);
}

/** Whether a value is a finite number of 0 or more. */
export function isAmount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** Whether a value is a text of up to `longest` characters in one line, as a name in log lines must be. */
export function isName(value: unknown, longest: number = 256): boolean {
  return (
    typeof value === 'string' &&
    value.trim() !== '' &&
    value.length <= longest &&
    !/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u.test(value)
  );
}

/** Whether a value is a short code, as a reason must be. */
export function isCode(value: unknown): boolean {
  return typeof value === 'string' && /^[\w.-]{1,64}$/.test(value);
}

function mistakeIn(name: string, value: unknown, now: number): string | undefined {
  switch (name) {
    case 'reason':
      return isCode(value) ? undefined : '"reason" must be a code of 1 to 64 letters, digits, ".", "_" and "-"';
    case 'retryAfterMs':
    case 'recheckAfterMs':
      return isAmount(value) ? undefined : `"${name}" must be a number of ms, 0 or more, not ${shown(value)}`;
    case 'resetsAtMs':
      return isAmount(value) && Number(value) >= now
        ? undefined
        : `"resetsAtMs" must be an epoch time in ms, not before context.now (${now}): ${shown(value)}`;
    case 'scope':
      return value === 'key' || value === 'group' ? undefined : '"scope" must be "key" or "group"';
    case 'group':
      return isName(value, 128) ? undefined : '"group" must be a text of 1 to 128 characters in one line';
    case 'bucket':
      return isName(value) ? undefined : '"bucket" must be a text of 1 to 256 characters in one line';
    default:
      return undefined;
  }
}

/** Lists the mistakes in a verdict that was returned at `now`; `undefined` has none. */
export function mistakesIn(verdict: unknown, now: number): string[] {
  if (verdict === undefined) return [];
  if (typeof verdict !== 'object' || verdict === null) return ['the verdict must be an object or undefined'];
  const kind = 'kind' in verdict ? verdict.kind : undefined;
  if (!isKind(kind)) return [`"kind" must be one of ${verdictKinds.join(', ')}, not ${shown(kind)}`];
  if (!('reason' in verdict)) return ['the verdict must have a "reason"'];
  return Object.entries(verdict).flatMap(([name, value]) => {
    const isKnown = fieldsOf[kind].includes(name);
    const mistake = isKnown ? mistakeIn(name, value, now) : `remove "${name}", a ${kind} verdict does not have it`;
    return mistake ?? [];
  });
}
