import type { IncomingMessage } from 'node:http';
import type { Hono } from 'hono';
import type { UpgradeRequest, WebSockets } from '../live/web-sockets.ts';
import type { AppEnv } from './app-env.ts';
import { notFound } from './problem-error.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { relativePath } from './relative-path.ts';
import { livePath, pathOf, UpgradeListener, type UpgradeAnswerer, type UpgradingServer } from './upgrade-listener.ts';

export interface UpgradesOptions {
  readonly app: Hono<AppEnv>;
  readonly webSockets: WebSockets;
  /** Ends in a slash. */
  readonly basePath: string;
}

/** Answers requests to upgrade, after the same checks as for all others. */
export class Upgrades implements UpgradeAnswerer {
  readonly basePath: string;
  readonly #options: UpgradesOptions;
  readonly #listeners = new Set<UpgradeListener>();

  constructor(options: UpgradesOptions) {
    this.basePath = options.basePath;
    this.#options = options;
  }

  /** Returns the function that ends it. */
  attach(server: UpgradingServer): () => void {
    const listener = UpgradeListener.of(server);
    listener.add(this);
    this.#listeners.add(listener);
    return () => {
      listener.delete(this);
      this.#listeners.delete(listener);
    };
  }

  close(): void {
    for (const listener of this.#listeners) listener.delete(this);
    this.#listeners.clear();
  }

  async answer(request: UpgradeRequest): Promise<void> {
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
    if (!isUpgraded) await refuseUpgrade(socket, response);
  }
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
