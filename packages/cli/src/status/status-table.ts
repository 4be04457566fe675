import type { KeyManagerStatus, KeyStatus, LimitStatus } from '@api-key-fallback/core';
import type { Column, Row } from '../output/fit-table.ts';
import type { Style } from '../output/style.ts';
import type { Texts } from '../texts/texts.ts';
import { timeLeft } from '../watch/time-left.ts';

const styles: Readonly<Record<KeyStatus['state'], Style>> = {
  healthy: 'green',
  suspect: 'yellow',
  recovering: 'cyan',
  cooling: 'yellow',
  disabled: 'red',
};

/** Returns the columns of the table of `status`. */
export function statusColumns({ status }: Texts): readonly Column[] {
  const { columns } = status;
  return [
    { title: columns.provider, canShrink: true },
    { title: columns.key, canShrink: 'middle' },
    { title: columns.state, canShrink: true },
    { title: columns.back, align: 'right', isOptional: true },
    { title: columns.today, align: 'right' },
    { title: columns.failed, align: 'right' },
    { title: columns.limit, canShrink: true, isOptional: true },
    { title: columns.next, align: 'right' },
  ];
}

/** Returns a line for each key of a manager. */
export function statusRows(status: KeyManagerStatus, texts: Texts, nowMs: number): readonly Row[] {
  const { displayName, pool, keys, next } = status;
  const name = pool === 'default' ? displayName : `${displayName} (${pool})`;
  const isUsable = (keyId: string) => next.findIndex((each) => each.keyId === keyId) < status.usable;
  return keys.map((key) => {
    const { keyId, label, state, availableAtMs, sharedUsage } = key;
    const place = next.findIndex((each) => each.keyId === keyId) + 1;
    return [
      name,
      label,
      { text: describeState(key, texts.watch), style: styles[state] },
      availableAtMs === undefined ? '' : timeLeft(availableAtMs - nowMs),
      String(sharedUsage.today.attempts),
      String(failuresOf(key)),
      tightestLimit(key),
      isUsable(keyId) ? String(place) : '',
    ];
  });
}

/** The state with its reason, as short as it can be: a cooling key is one that is back at a known time. */
function describeState({ state, reason }: KeyStatus, { states, reasons }: Texts['watch']): string {
  if (reason === undefined || state === 'healthy' || state === 'recovering') return states[state];
  return state === 'cooling' ? reasons[reason] : `${states[state]}: ${reasons[reason]}`;
}

/** The failed attempts of today. Those that run now have not failed. */
function failuresOf({ sharedUsage }: KeyStatus): number {
  return Object.values(sharedUsage.today.failures).reduce((sum, count) => sum + count, 0);
}

/** The limit that leaves the least room: how much of it is used. */
function tightestLimit({ limits = [] }: KeyStatus): string {
  const share = ({ used = 0, limit = Infinity }: LimitStatus) => used / limit;
  const [tightest] = limits.toSorted((a, b) => share(b) - share(a));
  if (tightest === undefined) return '';
  const { name, used = 0, limit, remaining } = tightest;
  return limit === undefined ? `${remaining ?? ''} ${name}` : `${Math.round((100 * used) / limit)}% ${name}`;
}
