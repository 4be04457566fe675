import fastify from 'fastify';
import { describeHost } from './describe-host.ts';

describeHost('Fastify', async (dashboard, basePath) => {
  const app = fastify();
  app.get('/other', async () => 'other');
  const paths = basePath === '/' ? ['/*'] : [basePath, `${basePath}/*`];
  for (const path of paths) {
    app.all(path, (request, reply) => {
      reply.hijack();
      return dashboard.node(request.raw, reply.raw);
    });
  }
  dashboard.attachWebSocket(app.server);
  await app.listen({ port: 0 });
  return { server: app.server, close: () => app.close() };
});
