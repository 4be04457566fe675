import type { ClientOptions } from '@anthropic-ai/sdk';
import {
  clientRequest,
  probeRequest,
  type ProbeContext,
  type ProbeResult,
  type ProviderAdapter,
} from '@api-key-fallback/core/adapter';

/** Lists the models, which costs no tokens: https://platform.claude.com/docs/en/api/models-list */
export function probeModels(adapter: ProviderAdapter, secret: string, context: ProbeContext): Promise<ProbeResult> {
  const options: ClientOptions = context.clientOptions ?? {};
  // The client reads the same variable.
  const baseURL = options.baseURL || process.env['ANTHROPIC_BASE_URL']?.trim() || 'https://api.anthropic.com';
  const request = clientRequest(baseURL, 'v1/models', {
    query: { limit: '1', ...options.defaultQuery },
    // A gateway in front of the API can require some.
    headers: [{ 'anthropic-version': '2023-06-01' }, options.defaultHeaders],
  });
  // A key that may not list the models is alive.
  const isWorking = ({ reason }: { readonly reason: string }): boolean => reason === 'permission_error';
  return probeRequest(adapter, secret, request, { ...context, isWorking });
}
