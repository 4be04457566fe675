import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

export interface SecretRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What a test server answers. Any body but a buffer is sent as JSON. */
export interface SecretAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly trailers?: Readonly<Record<string, string>>;
}

/** What the messages of HTTP 1 and 2 have in common. */
interface Incoming extends Readable {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

interface Outgoing extends Writable {
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown;
  addTrailers(trailers: Readonly<Record<string, string>>): void;
}

/** Answers as the real service does. Throws for a request that the real service would refuse. */
export type Protocol = (request: SecretRequest, service: SecretService) => SecretAnswer;

/** An outage in the words of all services. */
const outage = {
  __type: 'InternalServiceError',
  message: 'down',
  error: { code: 500, status: 'INTERNAL', message: 'down' },
  errors: ['down'],
};

/** A loopback stand-in of a secret manager that holds one secret. */
export class SecretService implements AsyncDisposable {
  /** The keys of the secret by name; each change makes a new version. */
  #keys: Readonly<Record<string, string>>;
  version = 1;
  state: 'up' | 'down' | 'hanging' | 'garbled' = 'up';
  /** The number of requests so far. */
  loads = 0;
  readonly #waiting: { readonly loads: number; readonly resolve: () => void }[] = [];
  readonly #protocol: Protocol;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #open = new Set<Outgoing>();

  constructor(keys: Readonly<Record<string, string>>, protocol: Protocol, http: 1 | 2) {
    this.#keys = keys;
    this.#protocol = protocol;
    const listener = (incoming: Incoming, response: Outgoing): void => void this.#answer(incoming, response);
    this.#server = http === 1 ? createServer(listener) : createHttp2Server(listener);
    this.#server.on('connection', (socket: Socket) => this.#sockets.add(socket));
  }

  static async start(
    keys: Readonly<Record<string, string>>,
    protocol: Protocol,
    http: 1 | 2 = 1,
  ): Promise<SecretService> {
    const service = new SecretService(keys, protocol, http);
    service.#server.listen(0, '127.0.0.1');
    await once(service.#server, 'listening');
    return service;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The fields of the secret. If it is garbled, the first one is more than a key. */
  get fields(): Readonly<Record<string, string>> {
    if (this.state !== 'garbled') return this.#keys;
    return Object.fromEntries(Object.entries(this.#keys).map(([name, key]) => [name, `${key} of July`]));
  }

  /** The secret as a text. If it is garbled, its end is missing. */
  get text(): string {
    const text = JSON.stringify(this.#keys);
    return this.state === 'garbled' ? text.slice(0, -2) : text;
  }

  rotate(keys: Readonly<Record<string, string>>): void {
    this.#keys = keys;
    this.version += 1;
  }

  /** Resolves when the next request has arrived. */
  nextRequest(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ loads: this.loads + 1, resolve }));
  }

  /** Resolves when no request is open. */
  async idle(): Promise<void> {
    while (this.#open.size > 0) await once([...this.#open][0] as Outgoing, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  async #answer(incoming: Incoming, response: Outgoing): Promise<void> {
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
    const { method = '', url = '/', headers } = incoming;
    const request = { method, url: new URL(url, this.url), headers, body: await buffer(incoming) };
    this.loads += 1;
    for (const { loads, resolve } of this.#waiting) if (loads <= this.loads) resolve();
    if (this.state === 'hanging') return;
    const answer = this.#answerOf(request);
    const type = { 'content-type': 'application/json' };
    response.writeHead(answer.status ?? 200, { ...type, ...answer.headers });
    if (answer.trailers) response.addTrailers(answer.trailers);
    response.end(Buffer.isBuffer(answer.body) ? answer.body : JSON.stringify(answer.body));
  }

  #answerOf(request: SecretRequest): SecretAnswer {
    if (this.state === 'down') return { status: 500, body: outage };
    try {
      return this.#protocol(request, this);
    } catch (error) {
      return { status: 400, body: { message: String(error), errors: [String(error)] } };
    }
  }
}
