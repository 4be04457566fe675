import type { ProviderAdapter } from './provider-adapter.ts';

/** Returns the request with the key in it: by the adapter's `authorize`, else as a bearer token. */
export function authorizeRequest(adapter: ProviderAdapter, request: Request, secret: string): Request {
  if (adapter.authorize) return adapter.authorize(request, secret);
  request.headers.set('authorization', `Bearer ${secret}`);
  return request;
}
