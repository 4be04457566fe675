import { once } from 'node:events';
import { createServer } from 'node:http';
import express from 'express';
import { describeHost } from './describe-host.ts';

describeHost('Express', async (dashboard, basePath) => {
  const app = express();
  app.use(express.json());
  app.get('/other', (_req, res) => res.send('other'));
  app.use(basePath, dashboard.node);
  const server = createServer(app);
  dashboard.attachWebSocket(server);
  await once(server.listen(0), 'listening');
  return { server, close: async () => server.close() };
});
