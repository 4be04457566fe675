import type { ProviderAdapter } from '@api-key-fallback/core/adapter';
import { describe, expect, it } from 'vitest';
import { withFix } from './with-fix.ts';

const keys = ['conformance-key-1-0123456789', 'conformance-key-2-0123456789'] as const;
const address = 'https://api.example.com/v1/conformance%20checks';
const parameters = { part: 'a b', page: '2' };
const callersHeaders = { accept: 'application/json', 'content-type': 'text/plain', 'x-conformance': 'kept' };

/** Requests of callers, without a key and with their own key in the usual places. */
function requests(): Request[] {
  const urls = [address, `${address}?${new URLSearchParams(parameters).toString()}`];
  const ownKey = { authorization: 'Bearer unused', 'x-api-key': 'unused' };
  return urls.flatMap((url) => [
    new Request(url),
    ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => new Request(url, { method, headers: callersHeaders })),
    new Request(url, { headers: { ...callersHeaders, ...ownKey } }),
    new Request(`${url}${url.includes('?') ? '&' : '?'}key=unused`, { headers: callersHeaders }),
  ]);
}

function describeRequest({ method, url, headers }: Request): string {
  return `${method} ${url} with the headers ${[...headers.keys()].join(', ')}`;
}

/** Finds those of the candidates that are in the headers or the URL of a request. */
export function keysIn({ headers, url }: Request, candidates: readonly string[]): string[] {
  const basic = /^Basic (.+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? '';
  const { pathname, searchParams } = new URL(url);
  const parts = [pathname, ...searchParams.values(), ...headers.values(), Buffer.from(basic, 'base64').toString()];
  return candidates.filter((key) => parts.some((part) => part.includes(key)));
}

/** Declares the checks of `authorize`. */
export function describeAdapterAuthorize(adapter: ProviderAdapter): void {
  function authorize(request: Request, secret: string): Request {
    const authorized = adapter.authorize?.(request, secret);
    if (!(authorized instanceof Request)) throw new TypeError('authorize must return a Request.');
    return authorized;
  }

  describe.runIf('authorize' in adapter)('authorize', () => {
    it(
      'returns a Request for any request',
      withFix('Return the given Request or a new one; do not throw.', () => {
        for (const request of requests()) {
          expect(() => authorize(request, keys[0]), `authorize ${describeRequest(request)}`).not.toThrow();
        }
      }),
    );

    it(
      'puts the given key, and no other, into the headers or the URL',
      withFix('Put the given secret into a header or the URL, and keep no key between calls.', () => {
        for (const key of keys) {
          for (const request of requests()) {
            expect(keysIn(authorize(request, key), keys), `keys in ${describeRequest(request)}`).toEqual([key]);
          }
        }
      }),
    );

    it(
      'replaces an existing key',
      withFix('Replace the key in the request instead of adding a second one: headers.set(), not append().', () => {
        for (const request of requests()) {
          const authorized = authorize(authorize(request, keys[0]), keys[1]);
          expect(keysIn(authorized, keys), `keys in ${describeRequest(request)}`).toEqual([keys[1]]);
        }
      }),
    );

    it(
      'keeps the method, URL and other headers of a request',
      withFix('Change nothing but the key.', () => {
        for (const request of requests()) {
          const { method, url } = request;
          const headers = new Headers(request.headers);
          const authorized = authorize(request, keys[0]);
          const { origin, pathname, searchParams } = new URL(authorized.url);
          expect(authorized.method, 'method').toBe(method);
          expect(`${origin}${pathname}`, 'URL').toBe(address);
          for (const name of Object.keys(parameters)) {
            expect(searchParams.get(name), `parameter ${name}`).toBe(new URL(url).searchParams.get(name));
          }
          for (const name of Object.keys(callersHeaders)) {
            expect(authorized.headers.get(name), `header ${name}`).toBe(headers.get(name));
          }
        }
      }),
    );
  });
}
