import type { HeadersLike, ProviderAdapter } from '@api-key-fallback/core/adapter';
import { describe, expect, it } from 'vitest';
import { errorsThatShowKey, headersThatShowKey, showsKey, thrownValues } from './thrown-values.ts';
import { isAmount, isName } from './verdict-mistakes.ts';

const limitNames = ['x-ratelimit', 'ratelimit', 'anthropic-ratelimit'].flatMap((prefix) =>
  ['', '-requests', '-tokens'].flatMap((what) =>
    ['limit', 'remaining', 'reset'].flatMap((field) => [`${prefix}-${field}${what}`, `${prefix}${what}-${field}`]),
  ),
);

const nonsense = ['', '-1', '0', 'NaN', '1e999', '1.5.2', 'soon', '9'.repeat(40)];

/** Headers of both sorts that name many limits and say nothing sane about them. */
const oddHeaders: readonly HeadersLike[] = [
  {},
  new Headers(),
  ...nonsense.map((value) => new Headers(limitNames.map((name) => [name, value]))),
  ...thrownValues.map(({ value }) => Object.fromEntries(limitNames.map((name) => [name, value]))),
];

/** Declares the checks of an adapter's names and of the optional members that read something. */
export function describeAdapterReaders(adapter: ProviderAdapter, now: number): void {
  const { name, displayName, env, keyPattern } = adapter;

  it('has valid names', () => {
    expect(name).toMatch(/^[\w.-]+$/);
    expect(displayName).toMatch(/^\S(?:.*\S)?$/);
    expect(env).toMatch(/^[A-Za-z_]\w*$/);
  });

  it.runIf(keyPattern)('has a key pattern that remembers nothing', () => {
    expect(keyPattern?.flags).not.toMatch(/[gy]/);
  });

  describe.runIf('readLimits' in adapter)('readLimits', () => {
    it('reads sane limits from any headers', () => {
      for (const headers of oddHeaders) {
        const limits = adapter.readLimits?.(headers, { now });
        expect(limits).toBeInstanceOf(Array);
        for (const limit of limits ?? []) {
          expect(isName(limit.name)).toBe(true);
          expect(Number.isFinite(limit.remaining)).toBe(true);
          expect(limit.limit ?? 0).toSatisfy(isAmount);
          expect(limit.resetsAtMs ?? 0).toSatisfy(isAmount);
          expect(limit.bucket ?? 'none').toSatisfy(isName);
        }
      }
    });

    it('names no limit and no bucket after a key', () => {
      for (const headers of [headersThatShowKey, new Headers(headersThatShowKey)]) {
        const limits = adapter.readLimits?.(headers, { now }) ?? [];
        expect(limits.filter((limit) => showsKey(JSON.stringify(limit)))).toEqual([]);
      }
    });
  });

  describe.runIf('groupOf' in adapter)('groupOf', () => {
    it('names a group or nothing, and never a key', () => {
      const response = new Response('{}', { headers: headersThatShowKey });
      const sources = [...thrownValues.map(({ value }) => value), ...errorsThatShowKey, response];
      for (const source of sources) {
        const group = adapter.groupOf?.(source);
        expect(group ?? 'none').toSatisfy(isName);
        expect(showsKey(group ?? '')).toBe(false);
      }
    });
  });

  describe.runIf('bucketOf' in adapter)('bucketOf', () => {
    it('names the same bucket for the same operation, whatever it is called', () => {
      for (const operation of ['list', 'search.list', '', 'an unknown operation', 'constructor']) {
        const bucket = adapter.bucketOf?.(operation);
        expect(bucket).toBeTypeOf('string');
        expect(adapter.bucketOf?.(operation)).toBe(bucket);
      }
    });
  });
}
