import { inspect } from 'node:util';
import { KeyFailedError } from '@api-key-fallback/core';

/** Errors of careless clients and providers. Each contains its key. */
export const leakyErrors: readonly ((key: string) => unknown)[] = [
  (key) => new Error(`Incorrect API key provided: ${key}. Key: ${key}`),
  (key) =>
    new TypeError('fetch failed', { cause: new Error(`GET https://host/v1?key=${encodeURIComponent(key)} failed`) }),
  (key) => new Error(`body: ${JSON.stringify({ error: { message: `bad ${key}` } })}`),
  (key) => new AggregateError([new Error('first'), new Error(`second ${key}`)], `both failed ${key}`),
  (key) => `thrown text ${key}`,
  (key) => ({ message: `thrown object ${key}`, request: { authorization: `Bearer ${key}` } }),
  (key) =>
    Object.assign(new Error(`503 ${key}`), {
      status: 503,
      headers: new Headers({ 'x-echo': encodeURIComponent(key) }),
    }),
  (key) => Object.assign(new Error(`429 ${key}`), { status: 429, headers: { 'retry-after': '9', 'x-echo': key } }),
  (key) =>
    Object.assign(new Error('Request failed with status code 500'), {
      code: 'ERR_BAD_RESPONSE',
      config: {
        url: `/v1?key=${key}`,
        headers: { Authorization: `Bearer ${key}` },
        data: Buffer.from(key).toString('base64'),
      },
      response: { status: 500, data: { echo: [key, { deep: { deeper: { deepest: key } } }] } },
      toJSON(): object {
        return { ...this };
      },
    }),
  (key) => {
    const cyclic = Object.assign(new Error('cyclic'), { options: new Map([[key, key]]), self: undefined as unknown });
    cyclic.self = cyclic;
    cyclic.cause = new Error(key, { cause: cyclic });
    return cyclic;
  },
  (key) => Object.defineProperty(new Error('lazy'), 'config', { enumerable: true, get: () => ({ key }) }),
  (key) => new Error(`${' '.repeat(10_000)}${key}`),
  (key) => new Error(`cut: ${key.slice(2, -2)}, php: ${JSON.stringify(key).replaceAll('/', String.raw`\/`)}`),
  (key) =>
    new Error(`hex: ${Buffer.from(key).toString('hex')}, loud: ${key.toUpperCase()}, ${inspect(Buffer.from(key))}`),
  (key) =>
    new Error(`partly: %zz${key.replace('=', '%3D')} go: ${JSON.stringify(key).replaceAll('+', String.raw`\u002B`)}`),
  (key) => Buffer.from(key),
  (key) =>
    Object.assign(new Error('bytes'), {
      body: Buffer.from(key),
      list: [...Buffer.from(key)],
      json: Object.assign({}, Buffer.from(key)),
    }),
  (key) => Symbol(key),
  (key) => Object.assign(new Error('symbols'), { [Symbol(key)]: key, at: Symbol(key), stub: new Proxy({ key }, {}) }),
  (key) => new { [key]: class extends Error {} }[key]!(`class ${key}`),
  (key) => Object.assign(Object.create({ key, message: key }) as object, { own: key }),
  (key) =>
    Object.assign(new Error('printers'), { toJSON: () => ({ key }), toString: () => key, [inspect.custom]: () => key }),
  (key) => new KeyFailedError('transient', { cause: Object.assign(new Error('inner'), { config: { key } }) }),
];
