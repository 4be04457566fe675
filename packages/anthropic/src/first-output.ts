import { firstChunk } from '@api-key-fallback/core';
import { readField } from '@api-key-fallback/core/adapter';

/**
 * Waits for the first event of an Anthropic stream that carries output, so that an earlier failure falls over to the next key.
 *
 * Works like `firstChunk` for streams of `messages.create({ stream: true })`: it buffers `message_start` and
 * `content_block_start`, which come before an overload is reported, and replays them. Resolves to the same stream.
 *
 * @throws The stream's own error when it fails before its first output.
 * @example
 * class WriterService {
 *   @retryWithApiKeyFallback({ provider: 'anthropic', inject: 'client' })
 *   async write(anthropic: ApiClient<'anthropic'>, messages: Anthropic.MessageParam[]) {
 *     return firstOutput(await anthropic.messages.create({ model: 'claude-sonnet-5', max_tokens: 1024, messages, stream: true }));
 *   }
 * }
 */
export function firstOutput<S extends AsyncIterable<unknown>>(stream: S): Promise<S> {
  return firstChunk(stream, (event) => !announcements.includes(readField(event, 'type')));
}

// Sent before any output: https://platform.claude.com/docs/en/build-with-claude/streaming
const announcements: readonly unknown[] = ['message_start', 'content_block_start', 'ping'];
