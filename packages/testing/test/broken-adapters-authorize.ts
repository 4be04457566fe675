import type { BrokenAdapter } from './broken-adapter.ts';
import { soundAdapter } from './sound-adapter.ts';

const givesRequest = 'gives a request for any request';
const putsKeyIn = 'puts the key that it is given into the headers or the URL, and no other';
const replacesKey = 'replaces a key that is there';
const keepsRequest = 'keeps the method, the address and the other headers of a request';

function withKey(request: Request, secret: string): Request {
  request.headers.set('authorization', `Bearer ${secret}`);
  return request;
}

function authorizing(authorize: (request: Request, secret: string) => unknown): typeof soundAdapter {
  return { ...soundAdapter, authorize: (request, secret) => authorize(request, secret) as Request };
}

/** Adapters that put a key into a request badly. */
export const brokenAuthorizes: readonly BrokenAdapter[] = [
  {
    name: 'throws for a request with a key',
    adapter: authorizing((request, secret) => {
      if (request.headers.has('authorization')) throw new Error('There is a key.');
      return withKey(request, secret);
    }),
    fails: [givesRequest, putsKeyIn, replacesKey, keepsRequest],
  },
  {
    name: 'promises a request',
    adapter: authorizing(async (request, secret) => withKey(request, secret)),
    fails: [givesRequest, putsKeyIn, replacesKey, keepsRequest],
  },
  {
    name: 'puts no key into a request',
    adapter: authorizing((request) => request),
    fails: [putsKeyIn, replacesKey],
  },
  {
    name: 'puts the same key into every request',
    adapter: authorizing((request) => withKey(request, 'conformance-key-1-0123456789')),
    fails: [putsKeyIn, replacesKey],
  },
  {
    name: 'adds its key to the one in a request',
    adapter: authorizing((request, secret) => {
      request.headers.append('x-api-key', secret);
      return request;
    }),
    fails: [replacesKey],
  },
  {
    name: 'drops the headers of a request',
    adapter: authorizing(({ url, method }, secret) => withKey(new Request(url, { method }), secret)),
    fails: [keepsRequest],
  },
  {
    name: 'drops the method of a request',
    adapter: authorizing(({ url, headers }, secret) => withKey(new Request(url, { headers }), secret)),
    fails: [keepsRequest],
  },
  {
    name: 'drops the parameters of a request',
    adapter: authorizing((request, secret) => {
      const { origin, pathname } = new URL(request.url);
      return new Request(`${origin}${pathname}?key=${secret}`, request);
    }),
    fails: [keepsRequest],
  },
  {
    name: 'sends a request elsewhere',
    adapter: authorizing((request, secret) => {
      const { search } = new URL(request.url);
      return withKey(new Request(`https://proxy.example.com/${search}`, request), secret);
    }),
    fails: [keepsRequest],
  },
];
