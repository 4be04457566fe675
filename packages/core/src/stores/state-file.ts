import { isUnavailableReason, type KeyRecord } from '../state/key-record.ts';
import type { InstanceCounters } from './usage-totals.ts';

/** Files of another format are ignored. */
const format = 1;

/** The health records that one process has of a pool. */
export interface HealthFile {
  /** The instance whose sync changed the records last. */
  readonly instance: string;
  readonly records: ReadonlyMap<string, KeyRecord>;
}

/** Usage that one process has counted in a pool, or the sum of processes that have ended. */
export interface UsageFile {
  readonly counters: readonly InstanceCounters[];
  /** The files whose counters this one includes; readers skip them. */
  readonly folded: readonly string[];
}

/** A lease. */
export interface LeaseFile {
  /** Identifies the holder; empty when the lease is released. */
  readonly token: string;
  /** In ms since the epoch. */
  readonly untilMs: number;
}

type Fields = Readonly<Record<string, unknown>>;

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isCount(value: unknown): value is number {
  return isAmount(value) && Number.isSafeInteger(value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function parse(text: string): Fields | undefined {
  try {
    const fields: unknown = JSON.parse(text);
    return isFields(fields) && fields['format'] === format ? fields : undefined;
  } catch {
    return undefined;
  }
}

/** Id → value; invalid entries are skipped. */
function entries<T>(value: unknown, read: (value: unknown) => T | undefined): Map<string, T> {
  const map = new Map<string, T>();
  for (const entry of list(value)) {
    const [id, content] = list(entry);
    const known = read(content);
    if (typeof id === 'string' && known !== undefined) map.set(id, known);
  }
  return map;
}

/** Returns a record of a store with its known fields; `undefined` if one is invalid. */
export function readRecord(value: unknown): KeyRecord | undefined {
  if (!isFields(value)) return undefined;
  const { generation, epoch, untilMs, level, reason, disabled } = value;
  if (!isCount(generation) || !isCount(epoch) || !isCount(level) || !isAmount(untilMs)) return undefined;
  if (!isUnavailableReason(reason) || !isUnavailableReason(disabled)) return undefined;
  return { generation, epoch, untilMs, level, reason, disabled };
}

function readTotals(value: unknown): readonly number[] | undefined {
  return Array.isArray(value) && value.every(isAmount) ? value : undefined;
}

function readCounters(value: unknown): InstanceCounters | undefined {
  if (!isFields(value)) return undefined;
  const { instance, window, expiresAtMs, totals } = value;
  if (typeof instance !== 'string' || typeof window !== 'string' || !isAmount(expiresAtMs)) return undefined;
  return { instance, window, expiresAtMs, totals: entries(totals, readTotals) };
}

export function formatHealth({ instance, records }: HealthFile): string {
  return JSON.stringify({ format, instance, records: [...records] });
}

export function parseHealth(text: string): HealthFile | undefined {
  const { instance, records } = parse(text) ?? {};
  if (typeof instance !== 'string' || !Array.isArray(records)) return undefined;
  return { instance, records: entries(records, readRecord) };
}

export function formatUsage({ counters, folded }: UsageFile): string {
  const plain = counters.map(({ totals, ...rest }) => ({ ...rest, totals: [...totals] }));
  return JSON.stringify({ format, counters: plain, folded });
}

export function parseUsage(text: string): UsageFile | undefined {
  const { counters, folded } = parse(text) ?? {};
  if (!Array.isArray(counters) || !Array.isArray(folded)) return undefined;
  return {
    counters: counters.map(readCounters).filter((known) => known !== undefined),
    folded: folded.filter((name) => typeof name === 'string'),
  };
}

export function formatLease({ token, untilMs }: LeaseFile): string {
  return JSON.stringify({ format, token, untilMs });
}

export function parseLease(text: string): LeaseFile | undefined {
  const { token, untilMs } = parse(text) ?? {};
  return typeof token === 'string' && isAmount(untilMs) ? { token, untilMs } : undefined;
}
