import { STATUS_CODES } from 'node:http';

/** An HTTP response with an error status. */
export interface HttpAnswer {
  readonly status: number;
  /** The response headers, with names in lower case. @default `content-type: application/json` for an object, else none */
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a text as it is. @default no body */
  readonly body?: object | string;
}

/** What a client receives of an answer. */
export interface ReceivedAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The media type without parameters; empty without a `content-type`. */
  readonly type: string;
  readonly text: string;
  /** The parsed text; `undefined` if it is not JSON. */
  readonly json: unknown;
}

/** Returns what a client receives of an answer. */
export function receivedAnswer({ status, headers, body = '' }: HttpAnswer): ReceivedAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const sent = headers ?? {};
  const all = typeof body === 'string' ? sent : { 'content-type': 'application/json', ...sent };
  const type = all['content-type']?.split(';')[0]?.trim() ?? '';
  return { status, statusText: STATUS_CODES[status] ?? '', headers: all, type, text, json: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
