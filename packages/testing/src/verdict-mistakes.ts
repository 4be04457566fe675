import type { VerdictKind } from '@api-key-fallback/core';

const strike = ['scope', 'group', 'bucket'];

const fieldsOf: Readonly<Record<VerdictKind, readonly string[]>> = {
  transient: ['kind', 'reason', 'retryAfterMs'],
  'rate-limited': ['kind', 'reason', 'retryAfterMs', ...strike],
  'quota-exhausted': ['kind', 'reason', 'resetsAtMs', 'recheckAfterMs', ...strike],
  'invalid-key': ['kind', 'reason', 'recheckAfterMs', ...strike],
  'caller-error': ['kind', 'reason'],
};

/** The kinds of verdict that there are. */
export const verdictKinds: readonly VerdictKind[] = Object.keys(fieldsOf).filter(isKind);

function isKind(kind: unknown): kind is VerdictKind {
  return typeof kind === 'string' && Object.hasOwn(fieldsOf, kind);
}

/** Whether a value is a finite number that is not negative. */
export function isAmount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** Whether a value is a name that a log line can hold. */
export function isName(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '' && value.length <= 256;
}

function mistakeIn(name: string, value: unknown, now: number): string | undefined {
  switch (name) {
    case 'reason':
      return typeof value === 'string' && /^[\w.-]{1,64}$/.test(value) ? undefined : 'reason is no short code';
    case 'retryAfterMs':
    case 'recheckAfterMs':
      return isAmount(value) ? undefined : `${name} is no time in ms: ${String(value)}`;
    case 'resetsAtMs':
      return isAmount(value) && Number(value) >= now ? undefined : `resetsAtMs is in the past: ${String(value)}`;
    case 'scope':
      return value === 'key' || value === 'group' ? undefined : 'scope is neither key nor group';
    case 'group':
    case 'bucket':
      return isName(value) ? undefined : `${name} is no name`;
    default:
      return undefined;
  }
}

/** What is wrong with a verdict that was given at `now`; nothing is, if there is none. */
export function mistakesIn(verdict: unknown, now: number): string[] {
  if (verdict === undefined) return [];
  if (typeof verdict !== 'object' || verdict === null) return ['it is no object'];
  const kind = 'kind' in verdict ? verdict.kind : undefined;
  if (!isKind(kind)) return [`there is no kind ${String(kind)}`];
  if (!('reason' in verdict)) return ['it has no reason'];
  return Object.entries(verdict).flatMap(([name, value]) => {
    const mistake = fieldsOf[kind].includes(name) ? mistakeIn(name, value, now) : `${kind} has no field ${name}`;
    return mistake ?? [];
  });
}
