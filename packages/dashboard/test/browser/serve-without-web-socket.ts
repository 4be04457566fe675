import type { Dashboard, DashboardServer } from '@api-key-fallback/dashboard';
import { startServer } from '../../src/http/listen.ts';

/** Serves a dashboard as a host does that lets no WebSocket through. */
export function serveWithoutWebSocket({ node }: Dashboard, port: number): Promise<DashboardServer> {
  return startServer({ node, attachWebSocket: () => () => {} }, { port, host: '127.0.0.1', basePath: '/' });
}
