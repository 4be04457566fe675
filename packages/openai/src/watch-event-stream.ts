import { watchingFetch, watchStreamEnd } from '@api-key-fallback/core/adapter';

/** Does the same as {@link watchEventStream} for one response. */
export const watchResponse: (response: Response, url: string) => Response = watchStreamEnd([
  {
    path: /\/(?:completions|threads\/runs|threads\/[^/]+\/runs)$/,
    lastLine: /^data: ?(?:\[DONE\]|\{\s*"error")/,
    unterminated: /^data: ?\[DONE\]/,
  },
  {
    path: /\/responses(?:\/[^/]+)?$/,
    lastLine:
      /^event: ?error|^data: ?\{\s*"error"|"type":\s*"(?:error|response\.(?:completed|failed|incomplete|cancelled))"/,
    unterminated: /^data: ?\[DONE\]/,
  },
]);

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
  return watchingFetch(watchResponse, fetch);
}
