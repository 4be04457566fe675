import {
  AllKeysFailedError,
  ApiKeyFallbackError,
  InvalidOptionsError,
  NoApiKeysError,
  UnknownProviderError,
} from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';

const failed = new AllKeysFailedError('failed', {
  provider: 'house',
  pool: 'default',
  reason: 'mixed',
  isBudgetSpent: false,
  attempts: () => [],
});

const errors = [
  [AllKeysFailedError, failed, 'ALL_KEYS_FAILED'],
  [InvalidOptionsError, new InvalidOptionsError('wrong'), 'INVALID_OPTIONS'],
  [NoApiKeysError, new NoApiKeysError('none'), 'NO_API_KEYS'],
  [UnknownProviderError, new UnknownProviderError('house', 'unknown'), 'UNKNOWN_PROVIDER'],
] as const;

describe('the errors', () => {
  it.each(errors)('%o: have a name and a code, and only their own isInstance() recognises them', (own, error, code) => {
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe(own.name);
    expect(error.code).toBe(code);
    expect(String(error)).toBe(`${own.name}: ${error.message}`);
    expect(errors.filter(([other]) => other.isInstance(error)).map(([other]) => other)).toEqual([own]);
    expect(ApiKeyFallbackError.isInstance(error)).toBe(true);
  });

  it.each([undefined, null, 'INVALID_OPTIONS', {}, new Error('x'), { code: 'ALL_KEYS_FAILED' }])(
    'do not recognise %j',
    (value) => {
      for (const [own] of errors) expect(own.isInstance(value)).toBe(false);
      expect(ApiKeyFallbackError.isInstance(value)).toBe(false);
    },
  );

  it('expose only their documented fields when they are spread or serialised', () => {
    expect(Object.keys(new UnknownProviderError('house', 'unknown')).toSorted()).toEqual(['code', 'name', 'provider']);
    expect(JSON.parse(JSON.stringify(failed))).toEqual({
      name: 'AllKeysFailedError',
      code: 'ALL_KEYS_FAILED',
      isBudgetSpent: false,
      message: 'failed',
      provider: 'house',
      pool: 'default',
      reason: 'mixed',
      attempts: [],
    });
  });
});
