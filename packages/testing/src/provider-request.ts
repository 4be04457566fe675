import type { IncomingMessage } from 'node:http';
import { parseGeminiPath } from './gemini-path.ts';
import type { ProviderName } from './recorded-response.ts';

/** A request that reached the test server. */
export interface ProviderRequest {
  /** The key from the headers or the query; absent when the request had none. */
  readonly key?: string;
  /** The provider, recognised by headers and path. */
  readonly provider: ProviderName;
  /** The HTTP method. */
  readonly method: string;
  /** The path without the query. */
  readonly path: string;
  /** The query parameters; values of a repeated parameter are joined by commas. Absent without a query. */
  readonly query?: Readonly<Record<string, string>>;
  /** The parsed JSON, or the text when it is not JSON. Absent when empty. */
  readonly body?: unknown;
  /** When it arrived, in epoch ms. */
  readonly at: number;
}

/** Reads the whole request; rejects when the client disconnects before the end. */
export async function readProviderRequest(request: IncomingMessage): Promise<ProviderRequest> {
  const at = Date.now();
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const key = keyOf(request, url);
  return {
    ...(key && { key }),
    provider: providerOf(request, url),
    method: request.method ?? 'GET',
    path: url.pathname,
    ...(url.search && { query: joinedQuery(url) }),
    ...(text && { body: parsedIfJson(text) }),
    at,
  };
}

function keyOf(request: IncomingMessage, url: URL): string | undefined {
  const names = ['x-rapidapi-key', 'x-goog-api-key', 'x-api-key'];
  const [own] = names.flatMap((name) => request.headersDistinct[name]?.[0] || []);
  const [bearer = ''] = request.headersDistinct['authorization'] ?? [];
  return own || url.searchParams.get('key') || /^Bearer (.+)$/i.exec(bearer)?.[1];
}

function providerOf(request: IncomingMessage, url: URL): ProviderName {
  if ('x-rapidapi-key' in request.headers || 'x-rapidapi-host' in request.headers) return 'rapidapi';
  if (isGemini(request, url)) return 'gemini';
  if ('x-goog-api-key' in request.headers || url.pathname.includes('/youtube/')) return 'youtube';
  // OpenAI and Anthropic both have /v1/models; every request to Anthropic states a version.
  const isAnthropic = ['anthropic-version', 'x-api-key'].some((name) => name in request.headers);
  return isAnthropic || url.pathname.startsWith('/v1/messages') ? 'anthropic' : 'openai';
}

// OpenAI has /v1/models too, but expects the key in another place.
function isGemini(request: IncomingMessage, url: URL): boolean {
  if (!parseGeminiPath(url.pathname)) return false;
  return !url.pathname.startsWith('/v1/') || 'x-goog-api-key' in request.headers || url.searchParams.has('key');
}

function joinedQuery(url: URL): Record<string, string> {
  const names = new Set(url.searchParams.keys());
  return Object.fromEntries([...names].map((name) => [name, url.searchParams.getAll(name).join(',')]));
}

function parsedIfJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
