import type { HeadersLike, ProviderAdapter } from '@api-key-fallback/core/adapter';
import { describe, expect, it } from 'vitest';
import { errorsThatShowKey, headersThatShowKey, showsKey, thrownValues } from './thrown-values.ts';
import { isAmount, isName } from './verdict-mistakes.ts';
import { withFix } from './with-fix.ts';

const limitNames = ['x-ratelimit', 'ratelimit', 'anthropic-ratelimit'].flatMap((prefix) =>
  ['', '-requests', '-tokens'].flatMap((what) =>
    ['limit', 'remaining', 'reset'].flatMap((field) => [`${prefix}-${field}${what}`, `${prefix}${what}-${field}`]),
  ),
);

const nonsense = ['', '-1', '0', 'NaN', '1e999', '1.5.2', 'soon', '9'.repeat(40)];

/** `Headers` and plain objects with many limits whose values are all invalid. */
const oddHeaders: readonly HeadersLike[] = [
  {},
  new Headers(),
  ...nonsense.map((value) => new Headers(limitNames.map((name) => [name, value]))),
  ...thrownValues.map(({ value }) => Object.fromEntries(limitNames.map((name) => [name, value]))),
];

/** Declares the checks of an adapter's names and of its optional readers. */
export function describeAdapterReaders(adapter: ProviderAdapter, now: number): void {
  const { name, displayName, env, keyPattern } = adapter;

  it('has a valid name, displayName and env', () => {
    expect(name, '"name" must be 1 to 64 letters, digits, ".", "_" and "-"').toMatch(/^[\w.-]{1,64}$/);
    expect(displayName, '"displayName" must be one line of up to 128 characters without spaces around it').toMatch(
      /^(?=.{1,128}$)\S(?:.*\S)?$/,
    );
    expect(env, '"env" must be the name of an environment variable').toMatch(/^[A-Za-z_]\w{0,99}$/);
  });

  it.runIf(keyPattern)(
    'has a keyPattern without the flags g and y',
    withFix('Remove the flags from keyPattern: they keep state between calls.', () => {
      expect(keyPattern?.flags).not.toMatch(/[gy]/);
    }),
  );

  describe.runIf('readLimits' in adapter)('readLimits', () => {
    it(
      'returns valid limits for any headers',
      withFix('Leave out limits and fields whose headers are missing or invalid; return [] for no limit.', () => {
        for (const headers of oddHeaders) {
          const limits = adapter.readLimits?.(headers, { now });
          expect(limits).toBeInstanceOf(Array);
          for (const limit of limits ?? []) {
            expect(isName(limit.name, 128), '"name" must be a text of 1 to 128 characters in one line').toBe(true);
            expect(Number.isFinite(limit.remaining), '"remaining" must be a finite number').toBe(true);
            expect(limit.limit ?? 0, '"limit" must be a finite number, 0 or more').toSatisfy(isAmount);
            expect(limit.resetsAtMs ?? 0, '"resetsAtMs" must be an epoch time in ms').toSatisfy(isAmount);
            expect(limit.bucket ?? 'none', '"bucket" must be a text of 1 to 256 characters in one line').toSatisfy(
              (bucket) => isName(bucket),
            );
          }
        }
      }),
    );

    it(
      'does not use a key as the name of a limit or bucket',
      withFix('Check the form of a name before you use it: a key can be in its place.', () => {
        for (const headers of [headersThatShowKey, new Headers(headersThatShowKey)]) {
          const limits = adapter.readLimits?.(headers, { now }) ?? [];
          expect(limits.filter((limit) => showsKey(JSON.stringify(limit)))).toEqual([]);
        }
      }),
    );
  });

  describe.runIf('groupOf' in adapter)('groupOf', () => {
    it('returns a group or undefined, and never a key', () => {
      const response = new Response('{}', { headers: headersThatShowKey });
      const sources = [...thrownValues.map(({ value }) => value), ...errorsThatShowKey, response];
      for (const source of sources) {
        const group = adapter.groupOf?.(source);
        expect(
          group ?? 'none',
          'groupOf must return a text of 1 to 128 characters in one line, or undefined',
        ).toSatisfy((text) => isName(text, 128));
        expect(showsKey(group ?? ''), 'groupOf must check the form of a group: a key can be in its place').toBe(false);
      }
    });
  });

  describe.runIf('bucketOf' in adapter)('bucketOf', () => {
    it('returns the same bucket for the same operation, with any name', () => {
      for (const operation of ['list', 'search.list', '', 'an unknown operation', 'constructor']) {
        const bucket = adapter.bucketOf?.(operation);
        expect(bucket, `bucketOf must return a string for ${JSON.stringify(operation)}`).toBeTypeOf('string');
        expect(adapter.bucketOf?.(operation), 'bucketOf must not keep state between calls').toBe(bucket);
      }
    });
  });
}
