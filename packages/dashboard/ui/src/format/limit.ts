import type { LimitView } from '../../../src/protocol/key-row.ts';
import { compact } from './number.ts';
import { texts } from '../texts/texts.ts';

/** `212 / 500 req/min` */
export function limitText(limit: LimitView): string {
  const used = usedOf(limit);
  return `${used === undefined ? '–' : compact(used)} / ${limitSize(limit)}`;
}

/** `500 req/min` */
export function limitSize({ name, limit, window }: LimitView): string {
  const { units, windows } = texts.value;
  const [unit, per] = splitName(name, window);
  return `${limit === undefined ? '–' : compact(limit)} ${units[unit] ?? unit}${per === undefined ? '' : (windows[per] ?? `/${per}`)}`;
}

/** The used share of a limit, from 0 to 1; `undefined` if it is not known. */
export function limitShare(limit: LimitView): number | undefined {
  const used = usedOf(limit);
  if (used === undefined || limit.limit === undefined) return undefined;
  return limit.limit === 0 ? 1 : Math.min(1, used / limit.limit);
}

function usedOf({ used, limit, remaining }: LimitView): number | undefined {
  if (used !== undefined) return used;
  return limit === undefined || remaining === undefined ? undefined : limit - remaining;
}

/** Configured limits have names such as `unitsPerDay`; a separate window wins. */
function splitName(name: string, window: string | undefined): readonly [string, string | undefined] {
  const [, unit = name, per] = /^(.+)Per([A-Z][a-z]+)$/.exec(name) ?? [];
  return [unit, window ?? per?.toLowerCase()];
}
