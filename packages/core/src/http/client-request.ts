import { checkOptionNames } from '../base/check-option-names.ts';
import { headerEntries } from './headers.ts';

/** What a client adds to its requests. */
export interface ClientRequestOptions {
  /** Parameters of the query; `undefined` leaves one out. @default none */
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** `Headers`, lists or objects; a later one wins. Values that are not texts or numbers are left out. @default none */
  readonly headers?: readonly unknown[];
}

const optionNames = new Set(['query', 'headers']);

/**
 * Creates the GET request that a client with these options sends, for the `probe` of an adapter.
 *
 * The path is relative to `baseURL`, whose own path and query are kept.
 *
 * @throws TypeError for an invalid `baseURL` or header; InvalidOptionsError for an unknown option.
 * @example
 * const { baseURL = 'https://api.acme.example/v1', defaultHeaders }: AcmeOptions = context.clientOptions ?? {};
 * return probeRequest(this, secret, clientRequest(baseURL, 'me', { headers: [defaultHeaders] }), context);
 */
export function clientRequest(baseURL: string, path: string, options: ClientRequestOptions = {}): Request {
  checkOptionNames('options', options, optionNames, "{ query: { limit: '1' } }");
  const { query = {}, headers: given = [] } = options;
  const url = new URL(baseURL);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${path}`;
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  const headers = new Headers();
  for (const [name, value] of given.flatMap(headerEntries)) headers.set(name, value);
  return new Request(url, { headers });
}
