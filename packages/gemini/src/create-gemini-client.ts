import type { GoogleGenAI, HttpOptions } from '@google/genai';

/** Options of `new GoogleGenAI()` for the clients of `inject: 'client'`. */
export interface GeminiClientOptions {
  /** The version of the API, for example `v1beta`. @default the SDK's */
  readonly apiVersion?: string;
  /** For example `baseUrl`, `headers`, `fetch`, or `timeout` in ms. The key header has no effect in `headers`. */
  readonly httpOptions?: Omit<HttpOptions, 'retryOptions'>;
}

/** Where Google expects an API key: https://ai.google.dev/gemini-api/docs/api-key */
export const keyHeader = 'x-goog-api-key';

/**
 * Bounds each request, including its body.
 *
 * The SDK reports its own timeout as an abort, which looks like the caller's and would end the call. It also sends the timeout
 * to the API, which refuses less than ten seconds: https://github.com/livekit/agents/issues/3723
 */
function fetchWithin(timeoutMs: number, givenFetch?: typeof globalThis.fetch): typeof globalThis.fetch {
  return (input, init) => {
    // Read at each call, so that a fetch that a tracer or a test installs later is used.
    const send = givenFetch ?? globalThis.fetch;
    const callers = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    const timeout = AbortSignal.timeout(timeoutMs);
    return send(input, { ...init, signal: callers ? AbortSignal.any([callers, timeout]) : timeout });
  };
}

function ownHttpOptions({ timeout = 0, ...given }: HttpOptions, observe: <R>(response: R) => R): HttpOptions {
  const options = { ...given };
  // With retry options of any kind, the SDK retries.
  delete options.retryOptions;
  const send = timeout > 0 ? fetchWithin(timeout, given.fetch) : given.fetch;
  // Read at each call, so that a fetch that a tracer or a test installs later is used.
  options.fetch = async (...request) => observe(await (send ?? globalThis.fetch)(...request));
  if (given.headers) {
    // The SDK prefers this header to its own key.
    const headers = Object.entries(given.headers).filter(([name]) => name.toLowerCase() !== keyHeader);
    options.headers = Object.fromEntries(headers);
  }
  return options;
}

// They retry four times by default, and have an option only for the single call.
const retryingResources = [
  'interactions',
  'agents',
  'credentials',
  'decisions',
  'environments',
  'triggers',
  'voices',
  'webhooks',
] as const satisfies readonly (keyof GoogleGenAI)[];

type Method = (...args: unknown[]) => unknown;

/** Calls each method with retries off, unless the call itself has options for them. */
function withoutRetries<Resource extends object>(resource: Resource): Resource {
  return new Proxy(resource, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) => {
        // Methods take (parameters, options), or (id, parameters, options).
        const last = typeof args[0] === 'string' ? 2 : 1;
        const given = args.slice(0, last);
        const options = { retries: { strategy: 'none' }, ...(args[last] as object | undefined) };
        return (method as Method).call(target, ...given, ...Array(last - given.length), options);
      };
    },
  });
}

/** Creates a client bound to one key, with its own retries off. Passes every response through `observe`. */
export async function createGeminiClient(
  secret: string,
  { apiVersion, httpOptions = {} }: GeminiClientOptions = {},
  observe: <R>(response: R) => R = (response) => response,
): Promise<GoogleGenAI> {
  // Importing the SDK costs about 0.5 s and 30 MB, and `inject: 'key'` never needs it.
  const { GoogleGenAI } = await import('@google/genai');
  const client = new GoogleGenAI({
    ...(apiVersion === undefined ? {} : { apiVersion }),
    apiKey: secret,
    // Otherwise variables such as GOOGLE_GENAI_USE_VERTEXAI would send the key to another API.
    enterprise: false,
    httpOptions: ownHttpOptions(httpOptions, observe),
  });
  for (const name of retryingResources) {
    // Some print a warning when they are first used, so they are not touched before.
    Object.defineProperty(client, name, {
      configurable: true,
      get: () => withoutRetries(Reflect.get(GoogleGenAI.prototype, name, client)),
    });
  }
  return client;
}
