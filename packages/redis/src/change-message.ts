import type { Change } from '@api-key-fallback/core/store';
import { unpackFields, unpackNumber, unpackRecord } from './record-codec.ts';

function parsed(message: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(message);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Parses a message of the sync script; `undefined` when any part of it is invalid. */
export function readChange(message: string): Change | undefined {
  const { i: instance, inc: incarnation, v, s } = parsed(message);
  const version = unpackNumber(String(v));
  if (typeof instance !== 'string' || typeof incarnation !== 'string' || version === undefined) return undefined;
  const records = unpackFields(s, unpackRecord);
  if (!Array.isArray(s) || records.size * 2 !== s.length) return undefined;
  return { cursor: { incarnation, version }, instance, records };
}
