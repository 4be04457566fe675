import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { redactor } from '../../src/base/redaction.ts';
import { safeCopy } from '../../src/base/safe-copy.ts';
import { renderings } from './renderings.ts';

const key = 'recognisable/key+0123456789==';
const quoted = String.raw`recognisable"key\0123456789`;

beforeAll(() => {
  for (const secret of [key, quoted]) redactor.add(secret);
});
afterAll(() => {
  for (const secret of [key, quoted]) redactor.retire(secret);
});

function expectClean(value: unknown): void {
  for (const text of renderings(value)) expect(text).not.toMatch(/recognisable|0123456789/i);
}

const touched = vi.fn<(name: string) => void>();

/** A field whose accessor must not be called. */
function untouchable(name: string): PropertyDescriptor {
  return { enumerable: true, get: () => touched(name) };
}

describe('safeCopy()', () => {
  it.each([undefined, null, true, 0, 42.5, 'text', ''])('returns %s as it is', (value) => {
    expect(safeCopy(value)).toBe(value);
  });

  it('copies name, message, stack, cause, errors and fields of an error', () => {
    class ProviderError extends TypeError {
      override readonly name = 'ProviderError';
      readonly status = 429;
      readonly body = { error: { code: 'slow_down', details: [1, 'two'] } };
      get isTooMany(): boolean {
        return this.status === 429;
      }
    }
    const error = new ProviderError('too many', { cause: new RangeError('inner') });
    const copy = safeCopy(new AggregateError([error], 'all')) as AggregateError;
    const [first] = copy.errors as [ProviderError];
    expect(first).toMatchObject({
      name: 'ProviderError',
      message: 'too many',
      status: 429,
      body: { error: { code: 'slow_down', details: [1, 'two'] } },
      cause: { name: 'RangeError', message: 'inner' },
    });
    expect(first.stack?.split('\n')).toEqual(['ProviderError: too many', ...(error.stack?.split('\n').slice(1) ?? [])]);
    expect(Object.keys(first)).toEqual(['status', 'body']);
    expect('isTooMany' in first).toBe(false);
    expect([copy, first, first.cause].every((part) => Object.getPrototypeOf(part) === Error.prototype)).toBe(true);
  });

  it('names the class of an error that has no other name', () => {
    class HttpError extends Error {}
    expect(String(safeCopy(new HttpError('down')))).toBe('HttpError: down');
    expect(String(safeCopy(new DOMException('stopped', 'AbortError')))).toBe('AbortError: stopped');
    expect(String(safeCopy(runInNewContext('new RangeError("far")')))).toBe('RangeError: far');
    expect(String(safeCopy(Object.create(Error.prototype, { message: { value: 'old style' } })))).toBe(
      'Error: old style',
    );
  });

  it('shows objects of a class by name and message', () => {
    class Response {
      readonly message = 'not found';
      readonly body = key;
    }
    const value = { map: new Map([[key, key]]), url: new URL('https://host'), at: new Response(), on: new Date(0) };
    expect(safeCopy(value)).toEqual({
      map: '[Map]',
      url: '[URL]',
      at: '[Response: not found]',
      on: '1970-01-01T00:00:00.000Z',
    });
    expect(safeCopy(Buffer.from(key))).toBe('[Buffer]');
    expect(safeCopy(new Uint8Array(9))).toBe('[Uint8Array]');
    expect(safeCopy(Symbol(key))).toBe('Symbol([redacted])');
    expect(safeCopy(new Proxy({ key }, {}))).toBe('[Proxy]');
    expect(safeCopy(() => key)).toBe('[Function]');
    expect(safeCopy([10n, 1n << 4_000_000n])).toEqual(['10n', '[BigInt]']);
  });

  it('copies headers, which have the id of the request and the wait', () => {
    const headers = { 'retry-after': '7', 'x-request-id': 'req_1', authorization: `Bearer ${key}` };
    class AxiosHeaders {
      readonly accept = '*/*';
    }
    const shown = { ...headers, authorization: 'Bearer [redacted]' };
    expect(safeCopy({ headers: new Headers(headers) })).toEqual({ headers: shown });
    expect(safeCopy({ headers: Object.assign(new AxiosHeaders(), headers) })).toEqual({
      headers: { accept: '*/*', ...shown },
    });
    expect(safeCopy({ headers })).toEqual({ headers: shown });
    expect(safeCopy({ headers: new Map() })).toEqual({ headers: '[Map]' });
  });

  it('keeps the frames of the stack of an error whose message is a page', () => {
    const error = new Error('x'.repeat(100_000));
    expect((safeCopy(error) as Error).stack).toMatch(/^Error: x{4096}…\n {4}at .*safe-copy\.test/);
  });

  const holders: Readonly<Record<string, () => unknown>> = {
    'a string': () => `bad key ${key}`,
    'a message': () => new Error(`bad key ${key}`),
    'a message that was set later': () => Object.assign(new Error('short'), { message: `bad key ${key}` }),
    'a name': () => Object.assign(new Error('short'), { name: key }),
    'a cause': () => new Error('outer', { cause: new Error('inner', { cause: new Error(key) }) }),
    'a cause that is a string': () => new Error('outer', { cause: key }),
    'the errors of an AggregateError': () => new AggregateError([new Error('fine'), new Error(`bad ${key}`)], 'all'),
    'a nested configuration': () =>
      Object.assign(new Error('x'), { config: { headers: { Authorization: `Bearer ${key}` }, url: `/v1?key=${key}` } }),
    'a name of a property': () => Object.assign(new Error('x'), { byKey: { [key]: 1 } }),
    'quotes and backslashes': () => Object.assign(new Error('x'), { config: { key: quoted } }),
    'an array': () => [[`bad ${key}`]],
    'an array of bytes': () => ({ data: [...Buffer.from(key)] }),
    'an array of characters': () => ({ data: key.split('') }),
    'its characters as fields of an error': () => Object.assign(new Error('x'), key),
    'its bytes as fields of an error': () => Object.assign(new Error('x'), Buffer.from(key)),
    'bytes in hex': () => ({ data: Buffer.from(key).toString('hex').match(/../g) }),
    'bytes as texts': () => ({ data: [...Buffer.from(key)].map(String) }),
    'two halves': () => ({ parts: [key.slice(0, 14), key.slice(14)] }),
    'JSON of bytes': () =>
      JSON.parse(JSON.stringify({ body: Buffer.from(key), view: new Uint8Array(Buffer.from(key)) })),
    Headers: () => Object.assign(new Error('x'), { headers: new Headers({ authorization: `Bearer ${key}` }) }),
    'a Buffer': () => Buffer.from(key),
    'a body of bytes': () => ({ body: Buffer.from(key), view: new DataView(new Uint8Array(Buffer.from(key)).buffer) }),
    'a Map': () => Object.assign(new Error('x'), { options: new Map([['key', key]]) }),
    'a URL': () => Object.assign(new Error('x'), { url: new URL(`https://host/?key=${encodeURIComponent(key)}`) }),
    'an object of a class': () => ({
      options: new (class Options {
        apiKey = key;
      })(),
    }),
    'the name of a class': () => ({ value: new { [key]: class extends Map {} }[key]!() }),
    'the name of the class of an error': () => new { [key]: class extends Error {} }[key]!(),
    'a prototype': () => Object.assign(Object.create({ key, name: key }) as object, { a: 1 }),
    'an object without a prototype': () => Object.assign(Object.create(null) as object, { key }),
    'a DOMException': () => new DOMException(`bad key ${key}`, 'NetworkError'),
    'a field that cannot be enumerated': () => Object.defineProperty(new Error('x'), 'request', { value: { key } }),
    'a getter': () => Object.defineProperty(new Error('x'), 'config', { enumerable: true, get: () => ({ key }) }),
    'a symbol': () => Object.assign(new Error('x'), { [Symbol(key)]: { key }, at: Symbol(key) }),
    'the target of a proxy': () => Object.assign(new Error('x'), { stub: new Proxy({ key }, {}) }),
    'toJSON and inspect': () =>
      Object.assign(new Error('x'), { toJSON: () => ({ key }), [inspect.custom]: () => key, toString: () => key }),
    'a frozen error': () => Object.freeze(Object.assign(new Error(key), { config: Object.freeze({ key }) })),
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

  it.each(Object.entries(holders))('shows no key of %s and leaves the original unchanged', (_where, make) => {
    const value = make();
    const before = inspect(value, { depth: 60, showHidden: true });
    const copy = safeCopy(value);
    expectClean(copy);
    expectClean(inspect(copy, { depth: 60, showHidden: true, getters: true, customInspect: false }));
    expect(inspect(value, { depth: 60, showHidden: true })).toBe(before);
  });

  it('shows no key of any combination of objects and errors', () => {
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
        redactor.add(secret);
        const value = wraps.reduce((inner, wrapped) => wrapped(inner), `bad key ${secret}` as unknown);
        const [, , text = '', json = '', ...error] = renderings(safeCopy(value));
        redactor.retire(secret);
        for (const shown of [text, ...error]) expect(shown).not.toContain(secret);
        expect(json).not.toContain(JSON.stringify(secret).slice(1, -1));
      }),
      { numRuns: 300 },
    );
  });

  it('calls no accessor, no method and no trap', () => {
    const traps: ProxyHandler<Error> = Object.fromEntries(
      Object.getOwnPropertyNames(Reflect).map((name) => [name, () => touched(name)]),
    );
    const hostile = Object.defineProperties(new Error('hostile'), {
      config: untouchable('config'),
      cause: untouchable('cause'),
      errors: untouchable('errors'),
      name: untouchable('name'),
      stack: untouchable('stack'),
      toJSON: { enumerable: true, value: () => touched('toJSON') },
      [inspect.custom]: { value: () => touched('inspect') },
      [Symbol.toPrimitive]: { value: () => touched('toPrimitive') },
      constructor: untouchable('constructor'),
      proxied: { enumerable: true, value: new Proxy(new Error('x'), traps) },
      heir: { enumerable: true, value: Object.setPrototypeOf({ own: 1 }, new Proxy(new Error('x'), traps)) as object },
    });
    const message = Object.defineProperty(new Error('short'), 'message', untouchable('message'));
    expect(safeCopy(hostile)).toMatchObject({ message: 'hostile', proxied: '[Proxy]' });
    expect(safeCopy([message, new Proxy(hostile, traps)])).toMatchObject([{ message: '' }, '[Proxy]']);
    expect(() => safeCopy(Proxy.revocable({}, {}).proxy)).not.toThrow();
    expect(touched).not.toHaveBeenCalled();
  });

  it('survives a broken prepareStackTrace', () => {
    const { prepareStackTrace } = Error;
    const error = new Error('down');
    Error.prepareStackTrace = () => {
      throw new Error('broken');
    };
    try {
      expect(String(safeCopy(error))).toBe('Error: down');
    } finally {
      Error.prepareStackTrace = prepareStackTrace;
    }
  });
});
