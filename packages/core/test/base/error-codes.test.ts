import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorCode } from '@api-key-fallback/core';
import { expect, it } from 'vitest';

// The type makes a missing code a compile error.
const codes: Readonly<Record<ErrorCode, true>> = {
  ALL_KEYS_FAILED: true,
  NO_API_KEYS: true,
  KEY_SOURCE_FAILED: true,
  UNKNOWN_PROVIDER: true,
  INVALID_OPTIONS: true,
  NO_CURRENT_ATTEMPT: true,
  DEADLINE_EXCEEDED: true,
  BODY_NOT_REPEATABLE: true,
  UNRECOVERABLE: true,
  KEY_FAILED: true,
  FAILED_RESULT: true,
};

it('the documentation has a heading for each error code, and no other', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/reference/errors.md'), 'utf8');
  const headings = [...page.matchAll(/^## ([A-Z_]+)$/gm)].map(([, heading]) => heading);
  expect(new Set(headings)).toEqual(new Set(Object.keys(codes)));
});
