import { readField } from '@api-key-fallback/core/adapter';

/** An answer with a status that is no success. */
export interface RapidApiAnswer {
  /** The host of the API that was called. */
  readonly host: string;
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON, else the text; absent where there is none. */
  readonly body: unknown;
}

/** What the gateway says in the body of an answer. */
export function messageIn(body: unknown): string | undefined {
  // Some answers name it in the plural: https://github.com/OpenBMB/ToolBench/blob/HEAD/toolbench/inference/server.py
  const messages = [readField(body, 'message'), readField(body, 'messages')];
  return messages.find((message): message is string => typeof message === 'string' && message !== '');
}

/**
 * RapidAPI, or the API behind it, answered with a status that is no success.
 *
 * Where the answer repeats the key, message, headers and body show `[redacted]` instead.
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
