/** The start of the line that ends a stream of these endpoints; an error ends it as well. */
const lastLines: readonly (readonly [path: RegExp, lastLine: RegExp])[] = [
  [/\/(?:completions|threads\/runs|threads\/[^/]+\/runs)$/, /^data: ?(?:\[DONE\]|\{\s*"error")/],
  [
    /\/responses(?:\/[^/]+)?$/,
    /^event: ?error|^data: ?\{\s*"error"|"type":\s*"(?:error|response\.(?:completed|failed|incomplete|cancelled))"/,
  ],
];

// Anything else that is cut off in its last line is lost, because readers drop an event without its end.
const doneWithoutLineEnd = /^data: ?\[DONE\]/;

// The type of an event stands at its beginning, and the last one repeats the whole response.
const startLength = 200;

/**
 * Makes a `fetch` for the `openai` client, whose event streams fail (code `stream_incomplete`, a transient failure) when
 * they end before their last event: without this the client takes half an answer for a whole one.
 *
 * Watches chat completions, completions, responses and runs; bytes pass at once and unchanged. The clients of
 * `inject: 'client'` have it already, those of `openAICompatible` have not: not every server ends its streams like OpenAI.
 */
export function watchEventStream(fetch: typeof globalThis.fetch = globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) =>
    watchResponse(await fetch(input, init), input instanceof Request ? input.url : String(input));
}

/** Like {@link watchEventStream}, for a response that is there already. */
export function watchResponse(response: Response, requested: string): Response {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
  const lastLine = lastLineOf(requested);
  if (!response.ok || !response.body || !isStream || !lastLine) return response;
  const { status, statusText, headers, url } = response;
  const watched = new Response(response.body.pipeThrough(endingWith(lastLine)), { status, statusText, headers });
  return Object.defineProperty(watched, 'url', { value: url });
}

function lastLineOf(url: string): RegExp | undefined {
  const path = URL.parse(url)?.pathname ?? '';
  return lastLines.find(([pattern]) => pattern.test(path))?.[1];
}

function endingWith(lastLine: RegExp): TransformStream<Uint8Array, Uint8Array> {
  // One character for each byte, whatever a chunk cuts through; the last lines are ASCII.
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
      if (hasEnded || doneWithoutLineEnd.test(start)) return;
      throw Object.assign(new Error('The stream ended before its last event.'), { code: 'stream_incomplete' });
    },
  });
}
