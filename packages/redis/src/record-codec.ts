import { isUnavailableReason, type KeyRecord } from '@api-key-fallback/core/store';

const number = String.raw`-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Infinity)`;
const record = new RegExp(String.raw`^(${number})\|(${number})\|(${number})\|(${number})\|([a-z-]*)\|([a-z-]*)$`);
const totals = new RegExp(`^${number}(?:,${number})*$`);

/** Encodes a record as the value of a hash field. */
export function packRecord({ generation, epoch, untilMs, level, reason, disabled }: KeyRecord): string {
  return [generation, epoch, untilMs, level, reason, disabled].join('|');
}

/** Decodes a record; `undefined` when the text is invalid. */
export function unpackRecord(text: string): KeyRecord | undefined {
  const [, generation, epoch, untilMs, level, reason, disabled] = record.exec(text) ?? [];
  if (!isUnavailableReason(reason) || !isUnavailableReason(disabled)) return undefined;
  return {
    generation: Number(generation),
    epoch: Number(epoch),
    untilMs: Number(untilMs),
    level: Number(level),
    reason,
    disabled,
  };
}

/** Decodes totals; `undefined` when the text is invalid. */
export function unpackTotals(text: string): number[] | undefined {
  if (text === '') return [];
  return totals.test(text) ? text.split(',').map(Number) : undefined;
}

/** Decodes a flat list of names and values. Invalid values are skipped. */
export function unpackFields<T>(flat: unknown, unpack: (text: string) => T | undefined): Map<string, T> {
  const fields = new Map<string, T>();
  const list: readonly unknown[] = Array.isArray(flat) ? flat : [];
  for (let at = 0; at + 1 < list.length; at += 2) {
    const value = unpack(String(list[at + 1]));
    if (value !== undefined) fields.set(String(list[at]), value);
  }
  return fields;
}
