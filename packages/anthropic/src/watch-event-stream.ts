import { watchingFetch, watchStreamEnd } from '@api-key-fallback/core/adapter';

/** Does the same as {@link watchEventStream} for one response. */
export const watchResponse: (response: Response, url: string) => Response = watchStreamEnd([
  {
    // https://platform.claude.com/docs/en/build-with-claude/streaming
    path: /\/messages$/,
    lastLine: /^event: ?error|^data: ?\{\s*"type":\s*"(?:message_stop|error)"/,
  },
]);

/**
 * Wraps `fetch` so that a stream of messages that ends before `message_stop` fails instead of looking complete.
 *
 * The stream rejects with an error whose `code` is `stream_incomplete`, which counts as a transient failure. Bytes pass through
 * immediately and unchanged. Clients of `inject: 'client'` use it already.
 *
 * @param fetch Sends the requests. Defaults to the global `fetch`.
 * @example
 * const client = new Anthropic({ apiKey, maxRetries: 0, fetch: watchEventStream() });
 * const stream = await client.messages.create({ model, max_tokens: 1024, messages, stream: true });
 * for await (const event of stream) console.log(event.type);
 */
export function watchEventStream(fetch: typeof globalThis.fetch = globalThis.fetch): typeof globalThis.fetch {
  return watchingFetch(watchResponse, fetch);
}
