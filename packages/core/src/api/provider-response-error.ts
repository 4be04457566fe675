import { readField } from '../base/read-field.ts';
import { redactor } from '../base/redaction.ts';

/** A response with an error status, in the shape that adapters know from the errors of the providers' clients; without keys. */
export class ProviderResponseError extends Error {
  override readonly name = 'ProviderResponseError';
  readonly status: number;
  readonly headers: Headers;
  /** The `error` of a JSON body, or the whole body. */
  readonly error: unknown;
  readonly body: unknown;
  readonly response: { readonly status: number; readonly headers: Headers; readonly data: unknown };

  constructor({ status, headers: received }: Response, text: string) {
    const body = parse(redactor.redact(text));
    const error = readField(body, 'error') ?? body;
    const said = readField(error, 'message') ?? readField(body, 'message');
    super(typeof said === 'string' ? said : `HTTP ${status}`);
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
