import { once } from 'node:events';
import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { describeHost } from './describe-host.ts';

describeHost('Hono', async (dashboard, basePath) => {
  const app = new Hono();
  app.get('/other', (c) => c.text('other'));
  app.mount(basePath, dashboard.fetch);
  const server = serve({ fetch: app.fetch, port: 0 }) as Server;
  dashboard.attachWebSocket(server);
  if (!server.listening) await once(server, 'listening');
  return { server, close: async () => server.close() };
});
