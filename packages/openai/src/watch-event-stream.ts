/** Per endpoint, the start of the line that completes a stream. An error completes it too. */
const lastLines: readonly (readonly [path: RegExp, lastLine: RegExp])[] = [
  [/\/(?:completions|threads\/runs|threads\/[^/]+\/runs)$/, /^data: ?(?:\[DONE\]|\{\s*"error")/],
  [
    /\/responses(?:\/[^/]+)?$/,
    /^event: ?error|^data: ?\{\s*"error"|"type":\s*"(?:error|response\.(?:completed|failed|incomplete|cancelled))"/,
  ],
];

// The only last line that needs no line end; readers drop every other event that is cut off.
const doneWithoutLineEnd = /^data: ?\[DONE\]/;

// Enough to read an event's type. The last event repeats the whole response, so lines are not kept whole.
const startLength = 200;

/**
 * Wraps `fetch` so that an OpenAI event stream that ends before its final event fails instead of looking complete.
 *
 * The stream rejects with an error whose `code` is `stream_incomplete`, which counts as a transient failure. It covers chat
 * completions, completions, responses and runs, and passes bytes on immediately and unchanged. Clients of `inject: 'client'`
 * use it already. Clients of `openAICompatible()` do not, because not every server ends its streams the way OpenAI does.
 *
 * @param fetch Sends the requests. Defaults to the global `fetch`.
 * @example
 * const client = new OpenAI({ apiKey, maxRetries: 0, fetch: watchEventStream() });
 * const stream = await client.chat.completions.create({ model, messages, stream: true });
 * for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '');
 */
export function watchEventStream(fetch: typeof globalThis.fetch = globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) =>
    watchResponse(await fetch(input, init), input instanceof Request ? input.url : String(input));
}

/** Does the same as {@link watchEventStream} for one response. */
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
      if (hasEnded || doneWithoutLineEnd.test(start)) return;
      throw Object.assign(new Error('The stream ended before its last event.'), { code: 'stream_incomplete' });
    },
  });
}
