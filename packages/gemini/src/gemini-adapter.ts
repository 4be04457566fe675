import { clientRequest, defineAdapter, probeRequest, type ProviderAdapter } from '@api-key-fallback/core/adapter';
import type { GoogleGenAI } from '@google/genai';
import { classifyGeminiError, projectOfError } from './classify-gemini-error.ts';
import { createGeminiClient, keyHeader, type GeminiClientOptions } from './create-gemini-client.ts';
import { quotaTimeZone } from './gemini-quotas.ts';
import { readGeminiUsage } from './read-gemini-usage.ts';

function authorize(request: Request, secret: string): Request {
  const url = new URL(request.url);
  request.headers.delete(keyHeader);
  request.headers.delete('authorization');
  // Only the endpoints for OpenAI's client read a key from this header; the others answer 401 as soon as it is there:
  // https://github.com/NousResearch/hermes-agent/issues/62259
  if (url.pathname.includes('/openai/')) request.headers.set('authorization', `Bearer ${secret}`);
  else request.headers.set(keyHeader, secret);
  if (!url.searchParams.has('key')) return request;
  url.searchParams.delete('key');
  return new Request(url, request);
}

/** Lists one model, which costs no quota of a model. */
function listOneModel({ apiVersion = 'v1beta', httpOptions }: GeminiClientOptions): Request {
  const version = httpOptions?.apiVersion ?? apiVersion;
  // The SDK reads the same variable.
  const named = httpOptions?.baseUrl || process.env['GOOGLE_GEMINI_BASE_URL']?.trim();
  return clientRequest(named || 'https://generativelanguage.googleapis.com', `${version}/models`, {
    query: { pageSize: '1' },
    // A key can be restricted to a referrer, which the client then sends.
    headers: [httpOptions?.headers],
  });
}

/**
 * The adapter for the Gemini API: classifies errors of `@google/genai` and creates clients.
 *
 * `GeminiKeyManager` uses it already; import it to write an adapter that differs in a few members.
 *
 * @example
 * const sharedKeyAdapter = defineAdapter({ ...geminiAdapter, env: 'GOOGLE_API_KEY' });
 * registry.register(new ApiKeyManager(sharedKeyAdapter, loadApiKeys(sharedKeyAdapter.env)));
 */
export const geminiAdapter: ProviderAdapter<GoogleGenAI> = defineAdapter<GoogleGenAI>({
  name: 'gemini',
  displayName: 'Gemini',
  env: 'GEMINI_API_KEY',
  // Keys of AI Studio begin with AQ. since 2026: https://discuss.ai.google.dev/t/gemini-api-errors-with-exhausted-resources/169216
  keyPattern: /^(?:AIza|AQ\.)/,
  classifyError: classifyGeminiError,
  createClient: createGeminiClient,
  authorize,
  probe(secret, context) {
    return probeRequest(this, secret, listOneModel(context.clientOptions ?? {}), context);
  },
  groupOf: projectOfError,
  usageOf: readGeminiUsage,
  timeZone: quotaTimeZone,
});
