import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { UpgradeRequest } from '../live/web-sockets.ts';
import { subprotocol } from '../protocol/messages.ts';
import { notFound } from './problem-error.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';

/** The part of a server that `attachWebSocket()` uses. */
export type UpgradingServer = Pick<Server, 'on' | 'off' | 'listenerCount'>;

/** A dashboard that answers requests to upgrade. */
export interface UpgradeAnswerer {
  /** Where it is mounted. Ends in a slash. */
  readonly basePath: string;
  answer(request: UpgradeRequest): Promise<void>;
}

/** Where the WebSocket is, below the path of a dashboard. */
export const livePath = '/api/v1/live';

const listeners = new WeakMap<UpgradingServer, UpgradeListener>();

/** Gives each request to upgrade to one of the dashboards of a server, and leaves those of the application alone. */
export class UpgradeListener {
  readonly #server: UpgradingServer;
  readonly #dashboards = new Set<UpgradeAnswerer>();

  /** The one listener of a server. */
  static of(server: UpgradingServer): UpgradeListener {
    const listener = listeners.get(server) ?? new UpgradeListener(server);
    listeners.set(server, listener);
    return listener;
  }

  private constructor(server: UpgradingServer) {
    this.#server = server;
  }

  add(dashboard: UpgradeAnswerer): void {
    if (this.#dashboards.size === 0) this.#server.on('upgrade', this.#listen);
    this.#dashboards.add(dashboard);
  }

  delete(dashboard: UpgradeAnswerer): void {
    if (this.#dashboards.delete(dashboard) && this.#dashboards.size === 0) this.#server.off('upgrade', this.#listen);
  }

  readonly #listen = (incoming: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const isAlone = this.#server.listenerCount('upgrade') === 1;
    const dashboard = this.#nearest(incoming) ?? this.#behindProxy(incoming, isAlone);
    if (dashboard) return void dashboard.answer({ incoming, socket, head });
    // Without an answer the client would wait.
    if (isAlone) void refuseUpgrade(socket, notFound('There is no WebSocket at this address.').toResponse());
  };

  /** The dashboard whose path fits best. */
  #nearest({ url }: IncomingMessage): UpgradeAnswerer | undefined {
    const path = pathOf(url);
    return [...this.#dashboards]
      .filter(({ basePath }) => (basePath === '/' ? path === livePath : path.startsWith(basePath)))
      .toSorted((a, b) => b.basePath.length - a.basePath.length)[0];
  }

  /** The dashboard whose path a proxy has cut off. With several, nothing says which one it is. */
  #behindProxy({ url, headers }: IncomingMessage, isAlone: boolean): UpgradeAnswerer | undefined {
    const isForUs = isAlone || (headers['sec-websocket-protocol'] ?? '').includes(subprotocol);
    const [only, ...others] = this.#dashboards;
    return isForUs && others.length === 0 && pathOf(url) === livePath ? only : undefined;
  }
}

/** The path of a request, without its query. */
export function pathOf(url = ''): string {
  return url.split('?')[0] ?? '';
}
