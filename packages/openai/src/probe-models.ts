import {
  clientRequest,
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

/** Lists the models, which costs no tokens: https://platform.openai.com/docs/api-reference/models/list */
export function probeModels(
  adapter: ProviderAdapter,
  secret: string,
  context: ProbeContext,
  { baseURL, path = 'models' }: ProbeTarget,
): Promise<ProbeResult> {
  const { organization, project, defaultHeaders, defaultQuery, ...options }: ClientOptions =
    context.clientOptions ?? {};
  const request = clientRequest(options.baseURL ?? baseURL, path, {
    query: defaultQuery ?? {},
    // A gateway in front of the API can require some.
    headers: [{ 'openai-organization': organization, 'openai-project': project }, defaultHeaders],
  });
  // A restricted key may not list the models, but it is alive.
  return probeRequest(adapter, secret, request, { ...context, isWorking: ({ reason }) => reason === 'missing_scopes' });
}
