import {
  probeRequest,
  type ProbeContext,
  type ProbeResult,
  type ProviderAdapter,
} from '@api-key-fallback/core/adapter';
import type { ClientOptions } from 'openai';

/** Where a probe is sent unless the `clientOptions` name another address. */
export interface ProbeTarget {
  readonly baseURL: string;
  /** Relative to the address. @default 'models' */
  readonly path?: string;
}

/** The headers that the client sends with these options; a gateway in front of the API can require some. */
function headersOf({ organization, project, defaultHeaders }: ClientOptions): Headers {
  const headers = new Headers();
  const given =
    Symbol.iterator in Object(defaultHeaders)
      ? [...(defaultHeaders as Iterable<readonly unknown[]>)]
      : Object.entries(defaultHeaders ?? {});
  const own = [
    ['openai-organization', organization],
    ['openai-project', project],
  ];
  for (const [name, value] of [...own, ...given]) if (typeof value === 'string') headers.set(String(name), value);
  return headers;
}

/** Lists the models, which costs no tokens: https://platform.openai.com/docs/api-reference/models/list */
export function probeModels(
  adapter: ProviderAdapter,
  secret: string,
  context: ProbeContext,
  { baseURL, path = 'models' }: ProbeTarget,
): Promise<ProbeResult> {
  const options: ClientOptions = context.clientOptions ?? {};
  const url = new URL(options.baseURL ?? baseURL);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`;
  for (const [name, value] of Object.entries(options.defaultQuery ?? {})) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const request = new Request(url, { headers: headersOf(options) });
  // A restricted key may not list the models, but it is alive.
  return probeRequest(adapter, secret, request, { ...context, isWorking: ({ reason }) => reason === 'missing_scopes' });
}
