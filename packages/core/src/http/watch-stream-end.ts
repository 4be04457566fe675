import { webStreamOf } from './web-stream-of.ts';

/** How the event streams of an endpoint end. */
export interface StreamEnd {
  /** The path of the endpoint, without the query. */
  readonly path: RegExp;
  /** The start (200 characters) of the line that completes a stream. An error must complete it too. */
  readonly lastLine: RegExp;
  /** A last line that readers accept without a line end. They drop every other event that is cut off. */
  readonly unterminated?: RegExp;
}

// Enough to read an event's type. A last event can repeat the whole response, so lines are not kept whole.
const startLength = 200;

/**
 * Creates the hook `watch` of an adapter: an event stream that ends before its last line fails instead of looking complete.
 *
 * The body then rejects with an error whose `code` is `stream_incomplete`. Bytes pass through immediately and unchanged. Other
 * responses, and those of endpoints that are not in the list, are returned as they are.
 *
 * @example
 * const acmeAdapter = defineAdapter({
 *   name: 'acme',
 *   displayName: 'Acme',
 *   env: 'ACME_API_KEY',
 *   classifyError: (error, context) => classifyHttpError(error, context),
 *   watch: watchStreamEnd([{ path: /\/chat$/, lastLine: /^data: \{"type":"(?:done|error)"/ }]),
 * });
 */
export function watchStreamEnd(ends: readonly StreamEnd[]): (response: Response, url: string) => Response {
  return (response, requested) => {
    const path = URL.parse(requested)?.pathname ?? '';
    const end = ends.find((candidate) => candidate.path.test(path));
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
    if (!response.ok || !response.body || !isStream || !end) return response;
    const { status, statusText, headers, url } = response;
    const watched = new Response(webStreamOf(response.body).pipeThrough(endingWith(end)), {
      status,
      statusText,
      headers,
    });
    return Object.defineProperty(watched, 'url', { value: url });
  };
}

/**
 * Wraps `fetch` so that every response passes through a hook `watch`, for clients that accept a `fetch`.
 *
 * @example
 * const watch = watchStreamEnd([{ path: /\/chat$/, lastLine: /^data: \{"type":"(?:done|error)"/ }]);
 * const client = new AcmeClient({ apiKey, maxRetries: 0, fetch: watchingFetch(watch, globalThis.fetch) });
 */
export function watchingFetch(
  watch: (response: Response, url: string) => Response,
  fetch: typeof globalThis.fetch,
): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    // By shape, because a `Request` can come from another library.
    return watch(response, typeof input === 'object' && 'url' in input ? input.url : String(input));
  };
}

function endingWith({ lastLine, unterminated }: StreamEnd): TransformStream<Uint8Array, Uint8Array> {
  // One character per byte, wherever a chunk is cut. The lines we look for are ASCII.
  const decoder = new TextDecoder('latin1');
  let start = '';
  let hasEnded = false;
  return new TransformStream({
    transform(chunk, controller) {
      controller.enqueue(chunk);
      const [rest = '', ...lines] = decoder.decode(chunk).split(/[\r\n]+/);
      start = (start + rest.slice(0, startLength)).slice(0, startLength);
      for (const line of lines) {
        hasEnded ||= lastLine.test(start);
        start = line.slice(0, startLength);
      }
    },
    flush() {
      if (hasEnded || unterminated?.test(start)) return;
      throw Object.assign(new Error('The stream ended before its last event.'), { code: 'stream_incomplete' });
    },
  });
}
