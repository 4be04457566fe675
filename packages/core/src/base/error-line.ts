import { errorMessage } from './error-message.ts';
import { readField } from './read-field.ts';
import { redactor } from './redaction.ts';

/** A longer message is redacted at once, because it may be a page. */
const longestKept = 1000;

/**
 * The message of an error as one redacted line. Made when it is first read, because redacting takes longer than the rest of what a failed
 * attempt takes. Keeps nothing else of the error, which can carry a whole request and response.
 */
export class ErrorLine {
  readonly #secret: string;
  /** What `errorMessage` reads. */
  #source: { readonly message: string; readonly status: unknown } | undefined;
  #text: string | undefined;

  /** `secret` is redacted even if its manager has been closed and the key forgotten since the attempt. */
  constructor(error: unknown, secret: string) {
    this.#secret = secret;
    const message = readField(error, 'message');
    if (typeof message === 'string' && message.length <= longestKept) {
      this.#source = { message, status: readField(error, 'status') };
    } else {
      this.#text = this.#redacted(error);
    }
  }

  get text(): string {
    this.#text ??= this.#redacted(this.#source);
    this.#source = undefined;
    return this.#text;
  }

  #redacted(error: unknown): string {
    return redactor.whileKnown(this.#secret, () => errorMessage(error));
  }
}
