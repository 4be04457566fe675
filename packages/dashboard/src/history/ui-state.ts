import type { KeyStatus, LimitStatus } from '@api-key-fallback/core';
import type { KeyUiState } from '../protocol/key-row.ts';
import { defined } from '../protocol/defined.ts';
import { wholeSecond } from './whole-second.ts';

/** The state of a key, or of one of its buckets, as the page shows it. */
export interface UiState {
  readonly state: KeyUiState;
  /** The kind of the verdict; `operator`; or the name of the limit for a full one. */
  readonly reason?: string;
  readonly untilMs?: number;
}

type Health = Pick<KeyStatus, 'state' | 'reason' | 'availableAtMs'>;

/** The bucket of calls without an operation. Its state is that of the whole key. */
export const unspecifiedBucket = 'unspecified';

const healthy: UiState = { state: 'healthy' };

/** The state of a whole key. */
export function uiStateOf(key: KeyStatus): UiState {
  return stateOf(
    key,
    key.limits?.filter(({ bucket }) => bucket === undefined),
  );
}

/** The state of a key in one quota bucket, as far as it has one of its own. */
export function bucketStateOf(key: KeyStatus, name: string): UiState | undefined {
  const health = key.buckets?.find(({ bucket }) => bucket === name);
  const limits = key.limits?.filter(({ bucket }) => bucket === name) ?? [];
  if (!health && limits.length === 0) return undefined;
  return stateOf(health ?? { state: 'healthy' }, limits);
}

function stateOf({ state, reason, availableAtMs }: Health, limits: readonly LimitStatus[] = []): UiState {
  if (state === 'healthy') return fullBy(limits) ?? healthy;
  const details = defined({ reason, untilMs: availableAtMs });
  if (state !== 'disabled') return { state, ...details };
  return { state: reason === 'operator' ? 'off' : 'refused', ...details };
}

/** Of several limits that leave no room, the one that lasts longest counts. */
function fullBy(limits: readonly LimitStatus[]): UiState | undefined {
  let full: LimitStatus | undefined;
  for (const limit of limits) {
    if (isUsedUp(limit) && (full === undefined || (limit.resetsAtMs ?? 0) > (full.resetsAtMs ?? 0))) full = limit;
  }
  if (!full) return undefined;
  const { name, resetsAtMs } = full;
  return { state: 'full', reason: name, ...(resetsAtMs === undefined ? {} : { untilMs: wholeSecond(resetsAtMs) }) };
}

function isUsedUp({ name, limit, used, remaining }: LimitStatus): boolean {
  // A key at its limit of concurrency is only busy, and counts as usable in core too.
  if (name === 'concurrency') return false;
  return limit === undefined ? remaining === 0 : (used ?? 0) >= limit;
}
