import { once } from 'node:events';
import { createServer } from 'node:http';
import Koa from 'koa';
import { describeHost } from './describe-host.ts';

describeHost('Koa', async (dashboard, basePath) => {
  const app = new Koa();
  app.use(async (ctx, next) => {
    if (ctx.path === '/other') ctx.body = 'other';
    else await next();
  });
  app.use(async (ctx, next) => {
    if (!ctx.path.startsWith(basePath)) return next();
    ctx.respond = false;
    await dashboard.node(ctx.req, ctx.res);
  });
  const server = createServer(app.callback());
  dashboard.attachWebSocket(server);
  await once(server.listen(0), 'listening');
  return { server, close: async () => server.close() };
});
