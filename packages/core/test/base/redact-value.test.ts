import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Redactor } from '../../src/base/redaction.ts';
import { renderings } from './renderings.ts';

const key = 'recognisable/key+0123456789==';
const quoted = String.raw`recognisable"key\0123456789`;

function redactorOf(...keys: string[]): Redactor {
  const redactor = new Redactor();
  for (const secret of keys) redactor.add(secret);
  return redactor;
}

const redactor = redactorOf(key, quoted);

function expectClean(value: unknown): void {
  for (const text of renderings(value)) expect(text).not.toMatch(/recognisable|0123456789/);
}

describe('redactValue()', () => {
  it('returns the same object for a value without a key', () => {
    const cyclic: Record<string, unknown> = { message: 'down' };
    cyclic['self'] = cyclic;
    const values = [
      new Error('down', { cause: new TypeError('fetch failed') }),
      new AggregateError([new Error('one')]),
      Object.assign(new Error('down'), { status: 500, headers: new Headers({ 'x-id': '1' }) }),
      new DOMException('aborted', 'AbortError'),
      cyclic,
      ['text'],
      new Map([['name', 'value']]),
      Object.freeze({ a: 1 }),
      undefined,
      null,
      0,
      'text',
    ];
    for (const value of values) expect(redactor.redactValue(value)).toBe(value);
  });

  const holders: Readonly<Record<string, () => unknown>> = {
    'a string': () => `bad key ${key}`,
    'a message': () => new Error(`bad key ${key}`),
    'a message that was set later': () => Object.assign(new Error('short'), { message: `bad key ${key}` }),
    'a cause': () => new Error('outer', { cause: new Error('inner', { cause: new Error(key) }) }),
    'a cause that is a string': () => new Error('outer', { cause: key }),
    'the errors of an AggregateError': () =>
      new AggregateError([new Error('fine'), new Error(`bad key ${key}`)], 'all failed'),
    'a nested configuration': () =>
      Object.assign(new Error('x'), { config: { headers: { Authorization: `Bearer ${key}` }, url: `/v1?key=${key}` } }),
    'a name of a property': () => Object.assign(new Error('x'), { byKey: { [key]: 1 } }),
    'a configuration, with quotes and backslashes': () => Object.assign(new Error('x'), { config: { key: quoted } }),
    'an array': () => [[`bad ${key}`]],
    Headers: () => Object.assign(new Error('x'), { headers: new Headers({ authorization: `Bearer ${key}` }) }),
    'a Map': () => Object.assign(new Error('x'), { options: new Map([['key', key]]) }),
    'a Set': () => ({ keys: new Set([key]) }),
    'a URL': () => Object.assign(new Error('x'), { url: new URL(`https://host/?key=${encodeURIComponent(key)}`) }),
    'a Request': () =>
      Object.assign(new Error('x'), { request: new Request('https://host/', { headers: { 'x-api-key': key } }) }),
    'an object of a class': () =>
      Object.assign(new Error('x'), {
        options: new (class Options {
          apiKey = key;
        })(),
      }),
    'an object without a prototype': () => Object.assign(Object.create(null) as object, { key }),
    'a DOMException': () => new DOMException(`bad key ${key}`, 'NetworkError'),
    'a field that cannot be enumerated': () => Object.defineProperty(new Error('x'), 'request', { value: { key } }),
    'a getter': () => Object.defineProperty(new Error('x'), 'config', { enumerable: true, get: () => ({ key }) }),
    'a field of a symbol': () => Object.assign(new Error('x'), { [Symbol('request')]: { key } }),
    'a depth of twenty': () => Object.assign(new Error('x'), { deep: nested(20) }),
    'a chain of twenty causes': () => causes(20),
    'another spelling': () =>
      Object.assign(new Error(Buffer.from(key).toString('base64')), { url: encodeURIComponent(key) }),
  };

  function nested(levels: number): unknown {
    return levels === 0 ? { key } : { level: nested(levels - 1) };
  }

  function causes(levels: number): unknown {
    return levels === 0 ? new Error(`bad key ${key}`) : new Error('outer', { cause: causes(levels - 1) });
  }

  it.each(Object.entries(holders))('removes a key from %s and leaves the original unchanged', (_where, make) => {
    const value = make();
    expectClean(redactor.redactValue(value));
    const text = inspect(value, { depth: 60, showHidden: true, getters: true });
    expect(text).toBe(inspect(value, { depth: 60, showHidden: true, getters: true }));
    expect(redactor.redactValue(value) instanceof Error).toBe(value instanceof Error);
  });

  it('removes keys from any combination of objects and errors', () => {
    const wrap = fc.constantFrom<(value: unknown) => unknown>(
      (value) => ({ value }),
      (value) => ({ [String(value)]: 1 }),
      (value) => [1, value],
      (value) => new Error(`message of ${String(value)}`),
      (value) => new Error('outer', { cause: value }),
      (value) => new AggregateError([value]),
      (value) => Object.assign(new Error('x'), { config: value }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{12,40}$/), fc.array(wrap, { maxLength: 6 }), (secret, wraps) => {
        const value = wraps.reduce((inner, wrapped) => wrapped(inner), `bad key ${secret}` as unknown);
        const [, , text = '', json = '', ...error] = renderings(redactorOf(secret).redactValue(value));
        for (const shown of [text, ...error]) expect(shown).not.toContain(secret);
        expect(json).not.toContain(JSON.stringify(secret).slice(1, -1));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the class and the other fields of an error', () => {
    class ProviderError extends TypeError {
      override readonly name = 'ProviderError';
      readonly status = 429;
      readonly request = { url: `https://host/?key=${key}`, method: 'GET' };
      get isTooMany(): boolean {
        return this.status === 429;
      }
    }
    const error = new ProviderError(`bad key ${key}`);
    const copy = redactor.redactValue(error) as ProviderError;
    expect(copy).not.toBe(error);
    expect(copy).toBeInstanceOf(ProviderError);
    expect(copy).toMatchObject({ name: 'ProviderError', status: 429, isTooMany: true, request: { method: 'GET' } });
    expect(copy.message).toMatch(/^bad key /);
    expect(copy.stack).toContain('redact-value.test');
    expect(error.message).toBe(`bad key ${key}`);
    expect(error.request.url).toContain(key);
    expectClean(copy);
  });

  it('copies cyclic values', () => {
    const error = Object.assign(new Error(`bad key ${key}`), { self: undefined as unknown, list: [] as unknown[] });
    error.self = error;
    error.list.push(error, { error });
    const other = new Error('other', { cause: error });
    error.cause = other;
    const copy = redactor.redactValue(error) as typeof error;
    expect(copy.self).toBe(copy);
    expect(copy.list[0]).toBe(copy);
    expectClean(copy);
  });

  it('copies errors with unreadable fields', () => {
    const error = Object.defineProperty(new Error(`bad key ${key}`), 'config', {
      enumerable: true,
      get() {
        throw new Error('unreadable');
      },
    });
    expectClean(Object.defineProperty(redactor.redactValue(error) as Error, 'config', { value: 0 }));
  });

  it('copies frozen errors', () => {
    const frozen = Object.freeze(Object.assign(new Error(`bad key ${key}`), { config: Object.freeze({ key }) }));
    expectClean(redactor.redactValue(frozen));
  });

  it('does not throw if the fields cannot be listed', () => {
    const hostile = new Proxy(new Error(`bad key ${key}`), {
      ownKeys() {
        throw new Error('hostile');
      },
    });
    expect(() => redactor.redactValue(hostile)).not.toThrow();
  });

  it('copies values that are nested thousands of levels deep', () => {
    let deep: unknown = { key };
    for (let level = 0; level < 10_000; level++) deep = { deep };
    const copy = redactor.redactValue(Object.assign(new Error(`bad key ${key}`), { deep })) as Error;
    expect(copy).toBeInstanceOf(Error);
    expect(copy.message).toMatch(/^bad key /);
    expect(copy.message).not.toContain('recognisable');
  });

  it('returns a large value without a key unchanged within a second', () => {
    const items = Array.from({ length: 30_000 }, (_, id) => ({ id }));
    const error = Object.assign(new Error('down'), { response: { items } });
    const start = performance.now();
    expect(redactor.redactValue(error) === error).toBe(true);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('visits shared parts only once', () => {
    let shared: Record<string, unknown> = { key };
    for (let level = 0; level < 18; level++) shared = { left: shared, right: shared };
    const start = performance.now();
    redactor.redactValue(Object.assign(new Error('x'), { shared }));
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
