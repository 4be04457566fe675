import type { KeyManagerStatus, KeyStatus } from '@api-key-fallback/core';
import { closestName } from '@api-key-fallback/core/adapter';
import type { Session } from '../session.ts';
import { shownName } from '../shown-name.ts';
import { UsageError } from '../usage-error.ts';

/** Finds a key by its id, its label, or its position from 1. @throws UsageError unless exactly one key is meant. */
export function findKey({ texts }: Session, { displayName, keys }: KeyManagerStatus, choice: string): KeyStatus {
  const { operate } = texts;
  const byId = keys.find(({ keyId }) => keyId === choice);
  if (byId) return byId;
  const wanted = choice.toLowerCase();
  const byLabel = keys.filter(({ label }) => label.toLowerCase() === wanted);
  const byPosition = /^\d+$/.test(choice) ? keys.filter(({ ordinal }) => ordinal === Number(choice)) : [];
  const found = byLabel.length > 0 ? byLabel : byPosition;
  const [first, second] = found;
  const listed = (some: readonly KeyStatus[]) =>
    some.map(({ ordinal, label, masked }) => `  ${ordinal}  ${label}  ${masked}`).join('\n');
  if (second) throw new UsageError(operate.manyKeys(shownName(choice), listed(found)));
  if (first) return first;
  const labels = keys.map(({ label }) => label);
  throw new UsageError(operate.noKey(displayName, shownName(choice), closestName(choice, labels), listed(keys)));
}
