import { once } from 'node:events';
import { createServer } from 'node:http';
import { describeHost } from './describe-host.ts';

describeHost('node:http', async (dashboard, basePath) => {
  const server = createServer((req, res) => {
    if (req.url === '/other') return res.end('other');
    if (req.url?.startsWith(basePath)) return dashboard.node(req, res);
    res.writeHead(404).end();
  });
  dashboard.attachWebSocket(server);
  await once(server.listen(0), 'listening');
  return { server, close: async () => server.close() };
});
