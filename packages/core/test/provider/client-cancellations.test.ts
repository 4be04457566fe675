import { once, EventEmitter } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import axios from 'axios';
import got from 'got';
import ky from 'ky';
import superagent from 'superagent';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ok, scriptKeys, type Outcome } from '../scripted-keys.ts';

// A server that never responds.
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** A signal that the method itself aborts. */
function aborted(): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 10);
  return controller.signal;
}

function cancelledBySource(): Promise<unknown> {
  // oxlint-disable-next-line import/no-named-as-default-member -- the named export is only a type
  const source = axios.CancelToken.source();
  setTimeout(() => source.cancel('enough'), 10);
  return axios.get(url, { cancelToken: source.token });
}

async function abortedRequest(): Promise<unknown> {
  const request = superagent.get(url);
  setTimeout(() => request.abort(), 10);
  return request;
}

async function timedRequest(): Promise<unknown> {
  return superagent.get(url).timeout(10);
}

const noRetry = { limit: 0 };

describe('a cancellation inside a method', () => {
  it.each<[string, () => unknown]>([
    ['of fetch', () => fetch(url, { signal: aborted() })],
    ['of axios', () => axios.get(url, { signal: aborted() })],
    ['of axios through fetch', () => axios.get(url, { signal: aborted(), adapter: 'fetch' })],
    ['of axios by a CancelToken', cancelledBySource],
    ['of got', () => got(url, { signal: aborted(), retry: noRetry })],
    ['of ky', () => ky(url, { signal: aborted(), retry: 0 })],
    ['of superagent', abortedRequest],
    ['of Node', () => once(new EventEmitter(), 'never', { signal: aborted() })],
    [
      'of an older got',
      () => Promise.reject(Object.assign(new Error('Promise was canceled'), { name: 'CancelError' })),
    ],
  ])('goes back to the caller after one attempt, and no key is blamed: %s', async (_name, cancelled) => {
    const keys = scriptKeys({ K1: [cancelled as Outcome], K2: [ok] });
    const thrown = await keys.call().catch((error: unknown) => error);
    expect(thrown).toBe(keys.errors[0]);
    expect(keys.calls).toEqual(['K1']);
    expect(keys.manager.getFailedKeys()).toEqual([]);
  });
});

describe('a time limit inside a method', () => {
  it.each<[string, () => unknown]>([
    ['AbortSignal.timeout() with fetch', () => fetch(url, { signal: AbortSignal.timeout(10) })],
    ['AbortSignal.timeout() with axios', () => axios.get(url, { signal: AbortSignal.timeout(10) })],
    ['AbortSignal.timeout() with got', () => got(url, { signal: AbortSignal.timeout(10), retry: noRetry })],
    ['AbortSignal.timeout() with ky', () => ky(url, { signal: AbortSignal.timeout(10), retry: 0 })],
    ['AbortSignal.timeout() with Node', () => once(new EventEmitter(), 'never', { signal: AbortSignal.timeout(10) })],
    ['that of axios', () => axios.get(url, { timeout: 10 })],
    ['that of got', () => got(url, { timeout: { request: 10 }, retry: noRetry })],
    ['that of ky', () => ky(url, { timeout: 10, retry: 0 })],
    ['that of superagent', timedRequest],
  ])('is a transient failure: %s', async (_name, limited) => {
    const keys = scriptKeys({ K1: [limited as Outcome], K2: [ok] });
    await expect(keys.call({ maxRetries: 1 })).resolves.toBe('K2');
    expect(keys.key('K1')).toMatchObject({ state: 'suspect', usage: { failures: { transient: 1 } } });
  });

  it('is the caller’s when the caller set it', async () => {
    const signal = AbortSignal.timeout(10);
    const keys = scriptKeys({ K1: [() => fetch(url, { signal })], K2: [ok] });
    const thrown = await keys.call({ signal }).catch((error: unknown) => error);
    expect(thrown).toBe(signal.reason);
    expect(keys.calls).toEqual(['K1']);
    expect(keys.manager.getFailedKeys()).toEqual([]);
  });
});
