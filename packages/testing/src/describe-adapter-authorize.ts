import type { ProviderAdapter } from '@api-key-fallback/core/adapter';
import { describe, expect, it } from 'vitest';

const keys = ['conformance-key-1-0123456789', 'conformance-key-2-0123456789'] as const;
const address = 'https://api.example.com/v1/conformance%20checks';
const parameters = { part: 'a b', page: '2' };
const callersHeaders = { accept: 'application/json', 'content-type': 'text/plain', 'x-conformance': 'kept' };

/** What callers ask for, bare and with a key of their own in the usual places. */
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

/** The keys found in the headers and the URL of a request. */
function keysIn({ headers, url }: Request): string[] {
  const basic = /^Basic (.+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? '';
  const { pathname, searchParams } = new URL(url);
  const parts = [pathname, ...searchParams.values(), ...headers.values(), Buffer.from(basic, 'base64').toString()];
  return keys.filter((key) => parts.some((part) => part.includes(key)));
}

/** Declares the checks of how an adapter puts a key into a request. */
export function describeAdapterAuthorize(adapter: ProviderAdapter): void {
  function authorize(request: Request, secret: string): Request {
    const authorized = adapter.authorize?.(request, secret);
    if (!(authorized instanceof Request)) throw new TypeError('authorize gave no Request');
    return authorized;
  }

  describe.runIf('authorize' in adapter)('authorize', () => {
    it('gives a request for any request', () => {
      for (const request of requests()) expect(() => authorize(request, keys[0])).not.toThrow();
    });

    it('puts the key that it is given into the headers or the URL, and no other', () => {
      for (const key of keys) {
        for (const request of requests()) expect(keysIn(authorize(request, key))).toEqual([key]);
      }
    });

    it('replaces a key that is there', () => {
      for (const request of requests()) {
        expect(keysIn(authorize(authorize(request, keys[0]), keys[1]))).toEqual([keys[1]]);
      }
    });

    it('keeps the method, the address and the other headers of a request', () => {
      for (const request of requests()) {
        const { method, url } = request;
        const headers = new Headers(request.headers);
        const authorized = authorize(request, keys[0]);
        const { origin, pathname, searchParams } = new URL(authorized.url);
        expect(authorized.method).toBe(method);
        expect(`${origin}${pathname}`).toBe(address);
        for (const name of Object.keys(parameters)) {
          expect(searchParams.get(name)).toBe(new URL(url).searchParams.get(name));
        }
        for (const name of Object.keys(callersHeaders)) expect(authorized.headers.get(name)).toBe(headers.get(name));
      }
    });
  });
}
