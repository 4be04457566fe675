import type { VerdictKind } from '@api-key-fallback/core';
import type { ErrorVerdict } from '@api-key-fallback/core/adapter';
import { expect } from 'vitest';

/** Expects the kind and the given fields of a verdict. All fields are `undefined` without a verdict. */
export function expectVerdict(verdict: ErrorVerdict | undefined, kind: VerdictKind, fields: object = {}): void {
  const expected: Readonly<Record<string, unknown>> = { ...fields, kind };
  const actual: Readonly<Record<string, unknown>> = { ...verdict };
  expect(Object.fromEntries(Object.keys(expected).map((name) => [name, actual[name]]))).toEqual(expected);
}
