import { readField } from '../base/read-field.ts';
import { redactor } from '../base/redaction.ts';

/** A redacted error response, in the shape of the errors that provider clients throw and adapters read. */
export class ProviderResponseError extends Error {
  override readonly name = 'ProviderResponseError';
  readonly status: number;
  readonly headers: Headers;
  /** The `error` field of a JSON body, or the whole body. */
  readonly error: unknown;
  /** The parsed JSON body, or its text. */
  readonly body: unknown;
  readonly response: { readonly status: number; readonly headers: Headers; readonly data: unknown };

  constructor({ status, headers: received }: Response, text: string) {
    const body = parse(redactor.redact(text));
    const error = readField(body, 'error') ?? body;
    const message = readField(error, 'message') ?? readField(body, 'message');
    super(typeof message === 'string' ? message : `HTTP ${status}`);
    const headers = new Headers([...received].map(([name, value]) => [name, redactor.redact(value)]));
    this.status = status;
    this.headers = headers;
    this.error = error;
    this.body = body;
    this.response = { status, headers, data: body };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
