import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import { subprotocol, type ClientMessage, type ServerMessage } from '../../src/protocol/messages.ts';

type Headers = Readonly<Record<string, string>>;

/** Hands out what has arrived, in order, and waits for what has not. */
class Inbox {
  readonly #messages: ServerMessage[] = [];
  #arrived = Promise.withResolvers<void>();

  put(message: ServerMessage): void {
    this.#messages.push(message);
    this.#arrived.resolve();
  }

  /** The next message of a type; those before it are dropped. */
  async next<Type extends ServerMessage['type']>(type: Type): Promise<Extract<ServerMessage, { readonly type: Type }>> {
    for (;;) {
      const message = this.#messages.shift();
      if (message?.type === type) return message as Extract<ServerMessage, { readonly type: Type }>;
      if (message) continue;
      this.#arrived = Promise.withResolvers();
      await this.#arrived.promise;
    }
  }
}

/** A client of the WebSocket. */
export class LiveSocket extends Inbox {
  readonly socket: WebSocket;
  readonly #closed: Promise<number>;

  /** `url` is that of the dashboard. */
  constructor(url: string, headers: Headers, options: ClientOptions = {}) {
    super();
    const address = new URL('api/v1/live', url.replace(/^http/, 'ws'));
    this.socket = new WebSocket(address, subprotocol, { ...options, headers });
    this.socket.on('message', (data: Buffer) => this.put(JSON.parse(data.toString()) as ServerMessage));
    // The end of the connection says what has happened.
    this.socket.on('error', () => {});
    this.#closed = new Promise((resolve) => this.socket.once('close', (code) => resolve(code)));
    onTestFinished(() => this.socket.terminate());
  }

  get closed(): Promise<number> {
    return this.#closed;
  }

  send(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Resolves when the server has received what was sent before. */
  async roundTrip(): Promise<void> {
    const pong = once(this.socket, 'pong');
    this.socket.ping();
    await pong;
  }
}

/** Opens a WebSocket. Returns the status of the answer if it is refused. */
export async function statusOfUpgrade(url: string, headers: Headers, path = 'api/v1/live'): Promise<number> {
  const socket = new WebSocket(new URL(path, url.replace(/^http/, 'ws')), { headers });
  onTestFinished(() => socket.terminate());
  return new Promise((resolve, reject) => {
    socket.on('unexpected-response', (_request, { statusCode = 0 }) => resolve(statusCode));
    socket.on('open', () => resolve(101));
    socket.on('error', reject);
  });
}

/** A client of the event stream. */
export class LiveEvents extends Inbox {
  readonly response: Response;
  /** The ids of the events. */
  readonly ids: string[] = [];
  /** All that has arrived. */
  text = '';
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;

  private constructor(response: Response) {
    super();
    this.response = response;
    this.ended = this.#read().catch(() => {});
  }

  /** `query` is the view. `send` replaces `fetch`, for a dashboard without a network. */
  static async open(url: string, query: string, headers: Headers, send = fetch): Promise<LiveEvents> {
    const controller = new AbortController();
    onTestFinished(() => controller.abort());
    const address = new URL(`api/v1/stream?${query}`, url);
    return new LiveEvents(await send(new Request(address, { headers, signal: controller.signal })));
  }

  async #read(): Promise<void> {
    const lines = this.response.body?.pipeThrough(new TextDecoderStream()) ?? [];
    let rest = '';
    for await (const text of lines) {
      this.text += text;
      const events = `${rest}${text}`.split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) this.#take(event);
    }
  }

  #take(event: string): void {
    const { id, data } = /^(?:id: (?<id>.*)\n)?data: (?<data>.*)$/.exec(event)?.groups ?? {};
    if (id !== undefined) this.ids.push(id);
    this.put(JSON.parse(data ?? '') as ServerMessage);
  }
}
