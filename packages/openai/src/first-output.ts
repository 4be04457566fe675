import { firstChunk } from '@api-key-fallback/core';
import { readField } from '@api-key-fallback/core/adapter';

/**
 * Like `firstChunk`, for the streams of the `openai` client: waits for the first event that carries something of the answer,
 * and takes a response that has failed before for an error, so that another key can be tried.
 *
 * @example
 * return firstOutput(await client.responses.create({ model, input, stream: true }));
 */
export function firstOutput<S extends AsyncIterable<unknown>>(stream: S): Promise<S> {
  return firstChunk(stream, isOutput);
}

// The client throws for an `error` event, but not for these: https://developers.openai.com/api/reference/resources/responses
const announcements: readonly unknown[] = ['response.created', 'response.queued', 'response.in_progress'];

function isOutput(event: unknown): boolean {
  const type = readField(event, 'type');
  if (type === 'response.failed') throw responseFailed(readField(event, 'response', 'error'));
  return !announcements.includes(type) && !isOpeningChunk(event);
}

function responseFailed(error: unknown): Error {
  const [message, code] = ['message', 'code'].map((name) => readField(error, name));
  return Object.assign(new Error(typeof message === 'string' ? message : 'The response failed.'), { code, error });
}

/** A chat completion begins with a chunk that names the role and nothing else. */
function isOpeningChunk(chunk: unknown): boolean {
  const choices = readField(chunk, 'choices');
  if (!Array.isArray(choices) || readField(chunk, 'usage')) return false;
  return choices.every((choice) => {
    const delta = Object.entries(readField(choice, 'delta') ?? {});
    return !readField(choice, 'finish_reason') && delta.every(([name, value]) => name === 'role' || !value);
  });
}
