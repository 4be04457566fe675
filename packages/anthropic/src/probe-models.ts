import type { ClientOptions } from '@anthropic-ai/sdk';
import {
  probeRequest,
  type ProbeContext,
  type ProbeResult,
  type ProviderAdapter,
} from '@api-key-fallback/core/adapter';

/** The headers that the client sends with these options; a gateway in front of the API can require some. */
function headersOf({ defaultHeaders }: ClientOptions): Headers {
  const headers = new Headers({ 'anthropic-version': '2023-06-01' });
  const given =
    Symbol.iterator in Object(defaultHeaders)
      ? [...(defaultHeaders as Iterable<readonly unknown[]>)]
      : Object.entries(defaultHeaders ?? {});
  for (const [name, value] of given) if (typeof value === 'string') headers.set(String(name), value);
  return headers;
}

/** Lists the models, which costs no tokens: https://platform.claude.com/docs/en/api/models-list */
export function probeModels(adapter: ProviderAdapter, secret: string, context: ProbeContext): Promise<ProbeResult> {
  const options: ClientOptions = context.clientOptions ?? {};
  // The client reads the same variable.
  const baseURL = options.baseURL || process.env['ANTHROPIC_BASE_URL']?.trim() || 'https://api.anthropic.com';
  const url = new URL(baseURL);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/models`;
  for (const [name, value] of Object.entries({ limit: '1', ...options.defaultQuery })) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const request = new Request(url, { headers: headersOf(options) });
  // A key that may not list the models is alive.
  const isWorking = ({ reason }: { readonly reason: string }): boolean => reason === 'permission_error';
  return probeRequest(adapter, secret, request, { ...context, isWorking });
}
