import type { KeyStatus } from '@api-key-fallback/core';
import type { WatchedPool } from '../collect/watched-pool.ts';
import type { UiState } from '../history/ui-state.ts';
import { keyStates } from '../protocol/key-row.ts';
import type { ProviderView, Sorting } from '../protocol/view.ts';
import { shareOfTightest } from './build-key-row.ts';
import { isSmall } from './build-pool-head.ts';

/** The indexes of the keys that match a view, in its order. */
export function chooseKeys(pool: WatchedPool, view: ProviderView, nowMs: number): readonly number[] {
  const found = findKeys(pool, view);
  const valueOf = valueBy(view.sort, pool, nowMs);
  const values = new Map(found.map((index) => [index, valueOf(index)]));
  const direction = view.isDescending ? -1 : 1;
  return found.toSorted((a, b) => {
    const [left = 0, right = 0] = [values.get(a), values.get(b)];
    // Equal ones stay in list order.
    if (left === right) return a - b;
    return left < right ? -direction : direction;
  });
}

function findKeys({ status, keys: { states } }: WatchedPool, { search, state }: ProviderView): number[] {
  const { keys } = status.now;
  const text = search.trim().toLowerCase();
  const found: number[] = [];
  for (const [index, key] of keys.entries()) {
    const isOfState = state === '' || states[index]?.state === state;
    if (isOfState && (text === '' || hasText(key, text))) found.push(index);
  }
  return found;
}

function hasText({ label, masked, group = '' }: KeyStatus, text: string): boolean {
  return [label, masked, group].some((field) => field.toLowerCase().includes(text));
}

/** What the keys are sorted by. */
function valueBy(sort: Sorting, pool: WatchedPool, nowMs: number): (index: number) => number | string {
  const { keys } = pool.status.now;
  const inListOrder = (index: number) => index;
  switch (sort) {
    case 'list':
      return inListOrder;
    case 'state':
      return isSmall(pool) ? inListOrder : (index) => severityOf(pool.keys.states[index]);
    case 'label':
      return (index) => keys[index]?.label.toLowerCase() ?? '';
    case 'attempts':
      return (index) => pool.keys.attemptsOf(index, nowMs).attempts;
    case 'failed':
      return (index) => pool.keys.attemptsOf(index, nowMs).failed;
    case 'limit':
      return (index) => shareOf(keys[index]);
    case 'used':
      return (index) => keys[index]?.usage.lastUsedAtMs ?? 0;
  }
}

/** The place of a state among all, from the worst. */
function severityOf(ui: UiState | undefined): number {
  return ui ? keyStates.indexOf(ui.state) : keyStates.length;
}

function shareOf(key: KeyStatus | undefined): number {
  return key ? shareOfTightest(key) : -1;
}
