import { readField } from '@api-key-fallback/core/adapter';

/** A response with a status outside 200–299. */
export interface RapidApiAnswer {
  /** The host of the API that was called, for example `weatherapi-com.p.rapidapi.com`. */
  readonly host: string;
  /** The HTTP status. */
  readonly status: number;
  /** The response headers; keys in them are redacted. */
  readonly headers: Headers;
  /** The parsed JSON, or the text when it is not JSON, or `undefined` when the body is empty; without keys, texts up to 4,096 characters. */
  readonly body: unknown;
}

/** Returns the gateway's message from a response body. */
export function messageIn(body: unknown): string | undefined {
  // Some responses use the plural: https://github.com/OpenBMB/ToolBench/blob/HEAD/toolbench/inference/server.py
  const messages = [readField(body, 'message'), readField(body, 'messages')];
  return messages.find((message): message is string => typeof message === 'string' && message !== '');
}

/**
 * The error that `rapidApiFetch` throws for every status outside 200–299.
 *
 * The message is the gateway's, or `HTTP <status>`. A key in message, headers or body is replaced by `[redacted]`.
 *
 * @example
 * try {
 *   const response = await rapidApiFetch(host, '/current.json?q=Recife');
 *   return await response.json();
 * } catch (error) {
 *   if (error instanceof RapidApiError && error.status === 404) return undefined;
 *   throw error;
 * }
 */
export class RapidApiError extends Error implements RapidApiAnswer {
  override readonly name = 'RapidApiError';
  readonly host: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;

  constructor({ host, status, headers, body }: RapidApiAnswer) {
    super(messageIn(body) ?? `HTTP ${status}`);
    this.host = host;
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}
