import type { ServerResponse } from 'node:http';

/** A complete HTTP response. An event stream is sent chunk by chunk; any other body is one chunk, or none. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: readonly string[];
  /** What happens after the last chunk. @default 'end' */
  readonly ending?: 'end' | 'reset' | 'hang';
}

export function jsonAnswer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, chunks: [JSON.stringify(body)] };
}

export function eventStreamAnswer(chunks: readonly string[]): WireAnswer {
  return { status: 200, headers: { 'content-type': 'text/event-stream; charset=utf-8' }, chunks };
}

export function sendAnswer(response: ServerResponse, answer: WireAnswer): void {
  response.writeHead(answer.status, answer.headers);
  const { chunks, ending = 'end' } = answer;
  if (ending === 'end') {
    for (const chunk of chunks.slice(0, -1)) response.write(chunk);
    response.end(chunks.at(-1));
    return;
  }
  response.flushHeaders();
  for (const chunk of chunks) response.write(chunk);
  // The callback of an empty write runs once everything before it has been sent.
  if (ending === 'reset') response.write('', () => response.destroy());
}

/** Sends the first half of an event stream, or the start of a JSON body, then destroys the connection. */
export function sendHalf(response: ServerResponse, answer: WireAnswer): void {
  const { status, headers, chunks } = answer.chunks.length > 1 ? answer : unfinishedJson;
  response.writeHead(status, headers);
  response.write(chunks.slice(0, Math.ceil(chunks.length / 2)).join(''), () => response.destroy());
}

const unfinishedJson: WireAnswer = {
  status: 200,
  headers: { 'content-type': 'application/json', 'content-length': '999' },
  chunks: ['{"a":'],
};
