import { firstChunk } from '@api-key-fallback/core';
import { readField } from '@api-key-fallback/core/adapter';

/**
 * Waits for the first event of an `openai` stream that carries output, so that an earlier failure falls over to the next key.
 *
 * Works like `firstChunk` for streams of chat completions and responses: it buffers `response.created`, `response.queued`,
 * `response.in_progress` and the opening chunk that only names the role, and replays them. Resolves to the same stream.
 *
 * @throws The stream's own error when it fails before its first output; an `Error` with OpenAI's `code` for `response.failed`.
 * @example
 * class WriterService {
 *   @retryWithApiKeyFallback({ provider: 'openai', inject: 'client' })
 *   async write(openai: ApiClient<'openai'>, input: string) {
 *     return firstOutput(await openai.responses.create({ model: 'gpt-5.6', input, stream: true }));
 *   }
 * }
 */
export function firstOutput<S extends AsyncIterable<unknown>>(stream: S): Promise<S> {
  return firstChunk(stream, isOutput);
}

// Sent before any output: https://developers.openai.com/api/reference/resources/responses
const announcements: readonly unknown[] = ['response.created', 'response.queued', 'response.in_progress'];

function isOutput(event: unknown): boolean {
  const type = readField(event, 'type');
  // The client throws for an `error` event, but not for this one.
  if (type === 'response.failed') throw responseFailed(readField(event, 'response', 'error'));
  return !announcements.includes(type) && !isOpeningChunk(event);
}

function responseFailed(error: unknown): Error {
  const [message, code] = ['message', 'code'].map((name) => readField(error, name));
  return Object.assign(new Error(typeof message === 'string' ? message : 'The response failed.'), { code, error });
}

/** The first chunk of a chat completion only names the role. */
function isOpeningChunk(chunk: unknown): boolean {
  const choices = readField(chunk, 'choices');
  if (!Array.isArray(choices) || readField(chunk, 'usage')) return false;
  return choices.every((choice) => {
    const delta = Object.entries(readField(choice, 'delta') ?? {});
    return !readField(choice, 'finish_reason') && delta.every(([name, value]) => name === 'role' || !value);
  });
}
