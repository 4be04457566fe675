import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a sink has received. */
export interface ReceivedPost {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How a sink answers one request: with a status, never, or by closing the connection. */
export type SinkAnswer =
  | number
  | { readonly status: number; readonly headers: Record<string, string> }
  | 'hang'
  | 'reset';

/** A server that keeps what it receives. */
export class Sink implements AsyncDisposable {
  readonly posts: ReceivedPost[] = [];
  /** How the next requests are answered, the last one for good. */
  answers: SinkAnswer[] = [204];
  readonly #arrivals = new EventEmitter();
  readonly #server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const body = await text(request);
    const answer = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
    this.posts.push({ method, path: url, headers, body });
    this.#arrivals.emit('post');
    if (answer === 'hang' || answer === undefined) return;
    if (answer === 'reset') return void request.socket.resetAndDestroy();
    const { status, headers: own } = typeof answer === 'number' ? { status: answer, headers: {} } : answer;
    // A server may quote the request, and nothing of that may be shown.
    response.writeHead(status, own).end(status === 204 ? undefined : `Cannot POST ${url} ${JSON.stringify(headers)}`);
  });

  static async start(): Promise<Sink> {
    const sink = new Sink();
    sink.#server.listen(0, '127.0.0.1');
    await once(sink.#server, 'listening');
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves when it has received this number of requests. */
  async received(count: number): Promise<void> {
    while (this.posts.length < count) await once(this.#arrivals, 'post');
  }

  /** The body of the only request so far, or of the one at this place. */
  json(place = 0): any {
    return JSON.parse(this.posts[place]?.body ?? 'null');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}
