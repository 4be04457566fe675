import { readField } from '../base/read-field.ts';
import { safeCopy } from '../base/safe-copy.ts';
import { redactedHeaders } from './headers.ts';

/** A redacted error response, in the shape of the errors that provider clients throw and adapters read. */
export class ProviderResponseError extends Error {
  override readonly name = 'ProviderResponseError';
  readonly status: number;
  readonly headers: Headers;
  /** The `error` field of a JSON body, or the whole body. Of a list, its first entry. */
  readonly error: unknown;
  /** The parsed JSON body or its text: a safe copy, in which texts have up to 4,096 characters. */
  readonly body: unknown;
  readonly response: { readonly status: number; readonly headers: Headers; readonly data: unknown };

  constructor({ status, headers: received }: Response, text: string) {
    const body = safeCopy(parse(text));
    // Some APIs answer with a list of one error.
    const only = firstOf(body);
    const error = firstOf(readField(only, 'error') ?? only);
    super(textIn(readField(error, 'message'), readField(only, 'message'), error) ?? `HTTP ${status}`);
    const headers = redactedHeaders(received);
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

function firstOf(value: unknown): unknown {
  return Array.isArray(value) && value.length > 0 ? value[0] : value;
}

/** Returns the first of the values that is a text. A page of a proxy says nothing in one line. */
function textIn(...values: readonly unknown[]): string | undefined {
  return values.find((value) => typeof value === 'string' && value !== '' && !value.trimStart().startsWith('<')) as
    | string
    | undefined;
}
