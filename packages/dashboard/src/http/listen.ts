import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { errorMessage } from '@api-key-fallback/core/adapter';
import { nameInAddress } from './allowed-hosts.ts';

export interface ListenOptions {
  /** 0 for any that is free. @default 4321 */
  readonly port?: number;
  /** The address on which it listens. @default '127.0.0.1' */
  readonly host?: string;
}

/** A server that shows the dashboard, and nothing else. */
export interface DashboardServer {
  /** Where to open it. */
  readonly url: string;
  readonly port: number;
  /** Ends the server and its connections. The dashboard itself stays. */
  close(): Promise<void>;
}

interface Handlers {
  readonly node: (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;
  readonly attachWebSocket: (server: ReturnType<typeof createServer>) => () => void;
}

/** Starts a server for a dashboard. Rejects if it cannot listen there. */
export async function startServer(
  { node, attachWebSocket }: Handlers,
  { port, host, basePath }: Required<ListenOptions> & { readonly basePath: string },
  warn: (text: string) => void = () => {},
): Promise<DashboardServer> {
  const server = createServer((incoming, outgoing) => void node(incoming, outgoing));
  const detach = attachWebSocket(server);
  // The server forgets connections that have become WebSockets.
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  await promise;
  server.off('error', reject);
  // For example too many open files. Without a listener it would end the process.
  server.on('error', (error) => warn(`The server has an error: ${errorMessage(error)}`));
  const { port: chosen } = server.address() as AddressInfo;
  return {
    url: `http://${isEverywhere(host) ? 'localhost' : nameInAddress(host)}:${chosen}${basePath}`,
    port: chosen,
    async close() {
      detach();
      const closed = new Promise((done) => server.close(done));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Whether a server listens at all addresses of this computer. */
function isEverywhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
