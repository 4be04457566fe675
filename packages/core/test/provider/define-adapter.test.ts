import { runInNewContext } from 'node:vm';
import { ApiKeyManager, InvalidOptionsError } from '@api-key-fallback/core';
import { defineAdapter, type ProviderAdapter } from '@api-key-fallback/core/adapter';
import { describe, expect, it } from 'vitest';
import { scriptedAdapter } from '../scripted-keys.ts';

describe('defineAdapter', () => {
  it('returns the adapter', () => {
    expect(defineAdapter(scriptedAdapter)).toBe(scriptedAdapter);
  });

  it.each(['name', 'displayName', 'env'])('rejects an adapter without a %s', (field) => {
    for (const value of [undefined, '', '  ', 1]) {
      const define = () => defineAdapter({ ...scriptedAdapter, [field]: value } as ProviderAdapter);
      expect(define).toThrow(InvalidOptionsError);
      expect(define).toThrow(field);
    }
  });

  it.each([
    ['readLimit', 'readLimits'],
    ['createclient', 'createClient'],
    ['clasifyError', 'classifyError'],
    ['keyPatern', 'keyPattern'],
    ['timezone', 'timeZone'],
  ])('rejects the misspelt member %s', (wrong, right) => {
    const define = () => defineAdapter({ ...scriptedAdapter, [wrong]: () => undefined } as ProviderAdapter);
    expect(define).toThrow(InvalidOptionsError);
    expect(define).toThrow(`An adapter has no member "${wrong}". Did you mean "${right}"?`);
  });

  it('rejects limits that are not integers from 1, and unknown ones', () => {
    const define = (limits: object) => () => defineAdapter({ ...scriptedAdapter, limits });
    expect(define({ unitsPerDay: 10_000, buckets: { search: { requestsPerDay: 100 } } })).not.toThrow();
    expect(define({ unitsPerDay: 0 })).toThrow('"adapter.limits.unitsPerDay" must be an integer from 1; it is 0.');
    expect(define({ unitPerDay: 5 })).toThrow('adapter.limits.unitPerDay');
  });

  it('accepts members of its own', () => {
    const own = {
      ...scriptedAdapter,
      hostname: 'acme.example',
      baseURL: '',
      createKeyManager() {},
      username: '',
      rules: [],
    };
    expect(defineAdapter(own)).toBe(own);
  });

  it('rejects what is not an adapter, also when a manager is created', () => {
    expect(() => defineAdapter(undefined as never)).toThrow(InvalidOptionsError);
    expect(() => new ApiKeyManager('acme' as never, ['a-key-of-20-characters'])).toThrow(
      '"adapter" must be an object; it is of type string.',
    );
    const unnamed = { ...scriptedAdapter, displayName: undefined } as never;
    expect(() => new ApiKeyManager(unnamed, ['a-key-of-20-characters'])).toThrow('"displayName"');
  });

  it('rejects an adapter without classifyError', () => {
    const define = () => defineAdapter({ ...scriptedAdapter, classifyError: undefined } as never);
    expect(define).toThrow(InvalidOptionsError);
    expect(define).toThrow('classifyError');
  });

  it('rejects a pattern of keys that is not a RegExp', () => {
    const define = (keyPattern: unknown) => defineAdapter({ ...scriptedAdapter, keyPattern } as ProviderAdapter);
    for (const pattern of [/^sk-/, runInNewContext('/^sk-/'), undefined]) expect(() => define(pattern)).not.toThrow();
    for (const pattern of ['^sk-', null, 5, {}, { test: () => true }]) {
      expect(() => define(pattern)).toThrow(InvalidOptionsError);
      expect(() => define(pattern)).toThrow('The "keyPattern" of the adapter "scripted" must be a RegExp.');
    }
  });

  it('rejects a time zone that does not exist', () => {
    const define = (timeZone: string) => defineAdapter({ ...scriptedAdapter, timeZone });
    expect(define('America/Los_Angeles')).toHaveProperty('timeZone');
    expect(() => define('Pacific')).toThrow(InvalidOptionsError);
  });
});
