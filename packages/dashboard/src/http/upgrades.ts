import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Hono } from 'hono';
import { subprotocol } from '../protocol/messages.ts';
import type { UpgradeRequest, WebSockets } from '../live/web-sockets.ts';
import type { AppEnv } from './app-env.ts';
import { notFound } from './problem-error.ts';
import { relativePath } from './relative-path.ts';

export interface UpgradesOptions {
  readonly app: Hono<AppEnv>;
  readonly webSockets: WebSockets;
  /** Ends in a slash. */
  readonly basePath: string;
}

const livePath = '/api/v1/live';

/** The part of a server that `attachWebSocket()` uses. */
export type UpgradingServer = Pick<Server, 'on' | 'off' | 'listenerCount'>;

/** Answers requests to upgrade, after the same checks as for all others. */
export class Upgrades {
  readonly #options: UpgradesOptions;
  readonly #detach = new Set<() => void>();

  constructor(options: UpgradesOptions) {
    this.#options = options;
  }

  /** Returns the function that ends it. */
  attach(server: UpgradingServer): () => void {
    const listen = (incoming: IncomingMessage, socket: Duplex, head: Buffer): void => {
      const isAlone = server.listenerCount('upgrade') === 1;
      if (isAlone || this.#isOwn(incoming)) void this.#answer({ incoming, socket, head });
    };
    server.on('upgrade', listen);
    const detach = (): void => {
      server.off('upgrade', listen);
      this.#detach.delete(detach);
    };
    this.#detach.add(detach);
    return detach;
  }

  close(): void {
    for (const detach of this.#detach) detach();
  }

  /** Whether a request is for the dashboard. All others are left to the application. */
  #isOwn({ url = '', headers }: IncomingMessage): boolean {
    const { basePath } = this.#options;
    if (basePath !== '/' && url.startsWith(basePath)) return true;
    // Or a proxy has cut the base path off.
    const isForUs = basePath === '/' || (headers['sec-websocket-protocol'] ?? '').includes(subprotocol);
    return isForUs && pathOf(url) === livePath;
  }

  async #answer(request: UpgradeRequest): Promise<void> {
    const { incoming, socket } = request;
    const { app, basePath, webSockets } = this.#options;
    let isUpgraded = false;
    const upgrade: AppEnv['Bindings']['upgrade'] = (visitor) => {
      isUpgraded = true;
      socket.off('error', ignore);
      webSockets.accept(request, visitor);
    };
    socket.on('error', ignore);
    const isLive = relativePath(pathOf(incoming.url), basePath) === livePath;
    const response = isLive
      ? await answerOf(() => app.fetch(requestOf(incoming), { incoming, upgrade }))
      : notFound('There is no WebSocket at this address.').toResponse();
    if (!isUpgraded) await refuse(socket, response);
  }
}

function pathOf(url = ''): string {
  return url.split('?')[0] ?? '';
}

/** A request whose address or headers are invalid is answered with 400. */
async function answerOf(ask: () => Response | Promise<Response>): Promise<Response> {
  try {
    return await ask();
  } catch {
    return new Response(null, { status: 400 });
  }
}

function ignore(): void {}

function requestOf({ url = '/', headersDistinct, headers, socket }: IncomingMessage): Request {
  const scheme = 'encrypted' in socket ? 'https' : 'http';
  const pairs = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  return new Request(new URL(url, `${scheme}://${headers.host}`), { headers: pairs });
}

async function refuse(socket: Duplex, response: Response): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  const lines = [...response.headers, ['content-length', body.length], ['connection', 'close']].map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.write(`HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ''}\r\n${lines.join('')}\r\n`);
  socket.end(body);
}
