import { inTime } from '../base/abortable.ts';
import type { FullRuntime } from '../base/runtime.ts';
import { BufferedBody } from './buffered-body.ts';
import { cancelBody, withBody } from './response-body.ts';

const timeoutMs = 2000;
const maxBytes = 64 * 1024;

/** A response that failed its attempt. It is judged by its beginning; then the caller receives it whole, or it is given up. */
export class RefusedResponse {
  readonly #response: Response;
  #body: BufferedBody | undefined;

  constructor(response: Response) {
    this.#response = response;
  }

  /** Reads the text of the body up to 64 KB. A slow or truncated body counts as empty; the status still classifies the error. */
  async readText(runtime: FullRuntime): Promise<string> {
    const { body, bodyUsed } = this.#response;
    if (!body || bodyUsed) return '';
    try {
      const buffered = (this.#body = new BufferedBody(body));
      await inTime(runtime, timeoutMs, () => buffered.readUpTo(maxBytes));
      return new TextDecoder().decode(buffered.bytes.subarray(0, maxBytes));
    } catch {
      return '';
    }
  }

  /** Returns the response with all of its body. */
  whole(): Response {
    return this.#body ? withBody(this.#response, this.#body.stream()) : this.#response;
  }

  /** Gives up the response, so that its connection is closed. */
  cancel(): void {
    if (this.#body) this.#body.cancel();
    else cancelBody(this.#response);
  }
}
