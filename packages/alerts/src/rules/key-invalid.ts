import type { KeyStatus } from '@api-key-fallback/core';
import { alertKeyOf, isRefused } from './key-counts.ts';
import { withDefaults, type Finding, type Rule, type RuleOptions } from './rule.ts';

/** The provider refuses a key: it is wrong, revoked or blocked. Each key is an alert. */
export function keyInvalid(options: RuleOptions): Rule {
  return {
    name: 'key.invalid',
    ...withDefaults(options, { severity: 'warning', forMs: 0 }),
    isMutedByOutage: true,
    evaluate: ({ keys }) => keys.flatMap(findingOf),
  };
}

function findingOf(key: KeyStatus): Finding | [] {
  const { keyId, state, reason, availableAtMs } = key;
  const finding = { about: keyId, keys: [alertKeyOf(key)] };
  if (isRefused(key)) return finding;
  // Another process may have been refused.
  if (state === 'recovering') return { ...finding, keepsForMs: Infinity };
  if (state !== 'disabled' || reason !== 'invalid-key') return [];
  return { ...finding, ...(availableAtMs === undefined ? {} : { values: { triedAgainAtMs: availableAtMs } }) };
}
