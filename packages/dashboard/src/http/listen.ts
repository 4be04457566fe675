import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

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

/** Whether a server at this address can be reached from this computer alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Starts a server for a dashboard. Rejects if it cannot listen there. */
export async function startServer(
  { node, attachWebSocket }: Handlers,
  { port, host, basePath }: Required<ListenOptions> & { readonly basePath: string },
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
  const { port: chosen } = server.address() as AddressInfo;
  return {
    url: `http://${nameOf(host)}:${chosen}${basePath}`,
    port: chosen,
    async close() {
      detach();
      const closed = new Promise((done) => server.close(done));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** The host as an address names it. */
function nameOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
