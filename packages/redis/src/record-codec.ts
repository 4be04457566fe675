import { isUnavailableReason, type KeyRecord } from '@api-key-fallback/core/store';

/** The latest time of a JavaScript Date, and the largest number of a record. */
export const maxRecordNumber: number = 8.64e15;
/** The largest total: above it, adding 1 may change nothing. */
export const maxTotal: number = Number.MAX_SAFE_INTEGER;

// What a newer version appends is ignored.
const record = /^(\d+)\|(\d+)\|(\d+)\|(\d+)\|([a-z-]*)\|([a-z-]*)(?:\||$)/;
const amount = /^\d[\d.e+-]*$/;

/** Decodes a whole number from 0 to 8.64e15 in plain digits; `undefined` when the text is another. */
export function unpackNumber(text: string): number | undefined {
  return /^\d+$/.test(text) && Number(text) <= maxRecordNumber ? Number(text) : undefined;
}

/** Encodes a record as the value of a hash field. */
export function packRecord({ generation, epoch, untilMs, level, reason, disabled }: KeyRecord): string {
  return [generation, epoch, untilMs, level, reason, disabled].join('|');
}

/** Decodes a record; `undefined` when the text is invalid. */
export function unpackRecord(text: string): KeyRecord | undefined {
  const [, ...fields] = record.exec(text) ?? [];
  const [generation, epoch, untilMs, level] = fields.slice(0, 4).map(unpackNumber);
  const [reason, disabled] = fields.slice(4);
  if (generation === undefined || epoch === undefined || untilMs === undefined || level === undefined) return undefined;
  if (!isUnavailableReason(reason) || !isUnavailableReason(disabled)) return undefined;
  return { generation, epoch, untilMs, level, reason, disabled };
}

function totalOf(value: number): number {
  return value >= 0 && value <= maxTotal ? value : 0;
}

/** Encodes totals as the value of a hash field. One that is not a finite number from 0 to 2^53 - 1 becomes 0. */
export function packTotals(totals: readonly number[]): string {
  return totals.map(totalOf).join(',');
}

/** Decodes totals. One that is not a finite number from 0 to 2^53 - 1 counts as 0. */
export function unpackTotals(text: string): number[] {
  return text === '' ? [] : text.split(',').map((part) => (amount.test(part) ? totalOf(Number(part)) : 0));
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
