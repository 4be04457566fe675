import { abortable, inTime } from '../base/abortable.ts';
import { createRuntime } from '../base/runtime.ts';
import { BufferedBody } from './buffered-body.ts';
import { cancelBody } from './response-body.ts';

const timeoutMs = 2000;
const maxBytes = 64 * 1024;

/**
 * Reads the text of an error response: up to 64 KB, for at most 2 s. Discards the rest.
 *
 * A slow or truncated body counts as empty, because the status still says something.
 *
 * @throws The reason of the signal when it aborts.
 * @example
 * const response = await fetch(url, { signal });
 * if (!response.ok) throw new AcmeError(response.status, await readErrorText(response, signal));
 */
export async function readErrorText(response: Response, signal: AbortSignal): Promise<string> {
  const { body } = response;
  if (typeof body !== 'object' || body === null) return '';
  let buffered: BufferedBody | undefined;
  try {
    buffered = new BufferedBody(body);
    const read = buffered.readUpTo(maxBytes);
    await inTime(createRuntime(), timeoutMs, () => abortable(read, signal));
    return new TextDecoder().decode(buffered.bytes.subarray(0, maxBytes));
  } catch {
    signal.throwIfAborted();
    return '';
  } finally {
    if (buffered) buffered.cancel();
    else cancelBody(response);
  }
}
