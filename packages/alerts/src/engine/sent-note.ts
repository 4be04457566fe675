import { readField } from '@api-key-fallback/core/adapter';
import { severities } from '../model/severity.ts';
import type { SentRecord } from './sender.ts';

/** What was sent, as a sender leaves it to the next one. */
export interface SentNote {
  /** How many notes were written before it. */
  readonly revision: number;
  readonly records: readonly SentRecord[];
}

export const emptyNote: SentNote = { revision: 0, records: [] };

/** Notes of another format are ignored. */
const format = 1;
const longestNote = 65_536;
/** What is sent once is sent once a day, at least. */
const longestSpentMs = 86_400_000;
/** What surrounds the records. */
const frameLength = 100;

/** Writes a note of at most 64 KiB. Alerts that have no room are left out, the last ones first: the next sender sends them again. */
export function formatNote({ revision, records }: SentNote): string {
  const [alerts, others] = [records.filter(({ alert }) => alert), records.filter(({ alert }) => !alert)];
  let room = longestNote - frameLength;
  const fitting = [...others, ...alerts].filter((record) => {
    room -= Buffer.byteLength(JSON.stringify(record)) + 1;
    return room >= 0;
  });
  return JSON.stringify({ format, revision, records: fitting });
}

/** Reads a note. What is invalid in it is left out, because other processes can write to the store. */
export function parseNote(text: string | undefined): SentNote {
  const note = parse(text ?? '');
  const [revision, records] = [readField(note, 'revision'), readField(note, 'records')];
  if (readField(note, 'format') !== format || !isCount(revision) || !Array.isArray(records)) return emptyNote;
  return { revision, records: records.filter(isRecord) };
}

/** The records with no time that is later than a right clock can have written: that of the last sender may have been ahead. */
export function withoutFuture(records: readonly SentRecord[], nowMs: number): readonly SentRecord[] {
  return records.map(({ atMs, untilMs, alert, ...record }) => ({
    ...record,
    atMs: Math.min(atMs, nowMs),
    ...(untilMs === undefined ? {} : { untilMs: Math.min(untilMs, nowMs + longestSpentMs) }),
    ...(alert === undefined ? {} : { alert: { ...alert, startsAtMs: Math.min(alert.startsAtMs, nowMs) } }),
  }));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Check = (value: unknown) => boolean;

const recordShape = {
  fingerprint: isText,
  state: isState,
  atMs: isCount,
  reminders: isCount,
  untilMs: optional(isCount),
  alert: optional((value) => fits(value, alertShape)),
};

const alertShape = {
  fingerprint: isText,
  rule: isText,
  severity: (value: unknown) => severities.some((known) => known === value),
  provider: isText,
  pool: isText,
  displayName: isText,
  state: isState,
  startsAtMs: isCount,
  keys: (value: unknown) => Array.isArray(value) && value.every((key) => fits(key, keyShape)),
  usable: isCount,
  total: isCount,
  backAtMs: optional(isCount),
  values: optional((value) => Object.values(value ?? {}).every((one) => isText(one) || typeof one === 'number')),
  message: optional(isText),
};

const keyShape = {
  keyId: isText,
  label: isText,
  masked: isText,
  state: isText,
  reason: optional(isText),
  availableAtMs: optional(isCount),
  lastError: optional(isText),
};

function fits(value: unknown, shape: Readonly<Record<string, Check>>): boolean {
  return Object.entries(shape).every(([name, check]) => check(readField(value, name)));
}

function isRecord(value: unknown): value is SentRecord {
  return fits(value, recordShape);
}

function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

/** Whether it is a time or a number of things. */
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isState(value: unknown): boolean {
  return value === 'firing' || value === 'resolved';
}
