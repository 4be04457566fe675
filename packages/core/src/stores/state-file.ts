import { isUnavailableReason, type KeyRecord } from '../state/key-record.ts';
import { isTotal } from '../state/usage-counts.ts';
import type { InstanceCounters } from './usage-totals.ts';

/** Files of another format are ignored. */
const format = 1;
/** The latest time of a `Date`, in ms since the epoch. Larger numbers in a record would win against every later change. */
export const latestMs: number = 8.64e15;

/** The health records that one process has of a pool. */
export interface HealthFile {
  /** The instance whose sync changed the records last. */
  readonly instance: string;
  readonly records: ReadonlyMap<string, KeyRecord>;
  /** Whether it has fields that this version does not know, and would lose by writing it again. */
  readonly isOfNewerVersion: boolean;
}

/** Usage that one process has counted in a pool, or the sum of processes that have ended. */
export interface UsageFile {
  readonly counters: readonly InstanceCounters[];
  /** The files whose counters this one includes; readers skip them. */
  readonly folded: readonly string[];
  /** Whether it has fields that this version does not know, and would lose by writing it again. */
  readonly isOfNewerVersion: boolean;
}

/** The note of a lease. */
export interface LeaseNote {
  readonly text: string | undefined;
  /** How many notes its holders have written, this one included. */
  readonly revision: number;
}

/** A lease. */
export interface LeaseFile {
  /** Identifies the holder; empty when the lease is released. */
  readonly token: string;
  /** In ms since the epoch. */
  readonly untilMs: number;
  /** The last one that its holder knows. */
  readonly note: LeaseNote;
}

/** The note of a lease that has none. */
export const noNote: LeaseNote = { text: undefined, revision: 0 };

const recordFields: readonly string[] = ['generation', 'epoch', 'untilMs', 'level', 'reason', 'disabled'];
const counterFields: readonly string[] = ['instance', 'window', 'expiresAtMs', 'totals'];

type Fields = Readonly<Record<string, unknown>>;

function isMoment(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= latestMs;
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
  if (!isMoment(generation) || !isMoment(epoch) || !isMoment(untilMs) || !isMoment(level)) return undefined;
  if (!isUnavailableReason(reason) || !isUnavailableReason(disabled)) return undefined;
  return { generation, epoch, untilMs, level, reason, disabled };
}

function readTotals(value: unknown): readonly number[] | undefined {
  return Array.isArray(value) && value.every(isTotal) ? value : undefined;
}

function readCounters(value: unknown): InstanceCounters | undefined {
  if (!isFields(value)) return undefined;
  const { instance, window, expiresAtMs, totals } = value;
  if (typeof instance !== 'string' || typeof window !== 'string' || !isMoment(expiresAtMs)) return undefined;
  return { instance, window, expiresAtMs, totals: entries(totals, readTotals) };
}

/** Whether a value has other fields than these, or a reason that this version does not know. */
function isNewer(value: unknown, names: readonly string[]): boolean {
  if (!isFields(value)) return false;
  const { reason = '', disabled = '' } = value;
  const codes = [reason, disabled].filter((code) => typeof code === 'string' && /^[a-z-]+$/.test(code));
  return !Object.keys(value).every((name) => names.includes(name)) || !codes.every(isUnavailableReason);
}

function isAnyNewer(values: unknown, names: readonly string[]): boolean {
  return list(values).some((value) => isNewer(value, names));
}

export function formatHealth({ instance, records }: Omit<HealthFile, 'isOfNewerVersion'>): string {
  return JSON.stringify({ format, instance, records: [...records] });
}

export function parseHealth(text: string): HealthFile | undefined {
  const file = parse(text);
  const { instance, records } = file ?? {};
  if (typeof instance !== 'string' || !Array.isArray(records)) return undefined;
  const contents = records.map((entry) => list(entry)[1]);
  const isOfNewerVersion = isNewer(file, ['format', 'instance', 'records']) || isAnyNewer(contents, recordFields);
  return { instance, records: entries(records, readRecord), isOfNewerVersion };
}

export function formatUsage({ counters, folded }: Omit<UsageFile, 'isOfNewerVersion'>): string {
  const plain = counters.map(({ totals, ...rest }) => ({ ...rest, totals: [...totals] }));
  return JSON.stringify({ format, counters: plain, folded });
}

export function parseUsage(text: string): UsageFile | undefined {
  const file = parse(text);
  const { counters, folded } = file ?? {};
  if (!Array.isArray(counters) || !Array.isArray(folded)) return undefined;
  return {
    counters: counters.map(readCounters).filter((known) => known !== undefined),
    folded: folded.filter((name) => typeof name === 'string'),
    isOfNewerVersion: isNewer(file, ['format', 'counters', 'folded']) || isAnyNewer(counters, counterFields),
  };
}

export function formatLease({ token, untilMs, note }: LeaseFile): string {
  return JSON.stringify({ format, token, untilMs, note: note.text, revision: note.revision });
}

export function parseLease(text: string): LeaseFile | undefined {
  const { token, untilMs, note, revision } = parse(text) ?? {};
  if (typeof token !== 'string' || !isMoment(untilMs)) return undefined;
  const hasNote = typeof note === 'string' && isMoment(revision);
  return { token, untilMs, note: hasNote ? { text: note, revision } : noNote };
}

/** Whether the text of a lease file says that a process holds the lease now. */
export function isInForce(lease: string): boolean {
  return (parseLease(lease)?.untilMs ?? 0) > Date.now();
}
