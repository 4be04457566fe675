import 'reflect-metadata';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Dashboard } from '@api-key-fallback/dashboard';
import {
  All,
  Controller,
  Get,
  Inject,
  Module,
  Req,
  Res,
  type DynamicModule,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { describeHost } from './describe-host.ts';

@Controller()
class OtherController {
  @Get('other')
  other(): string {
    return 'other';
  }
}

/** At `/`, the last of the controllers gets what the others leave. */
@Controller()
class DashboardController {
  readonly #dashboard: Dashboard;

  constructor(@Inject('dashboard') dashboard: Dashboard) {
    this.#dashboard = dashboard;
  }

  @All('{*path}')
  show(@Req() req: IncomingMessage, @Res() res: ServerResponse): Promise<void> {
    return this.#dashboard.node(req, res);
  }
}

@Module({})
class AppModule implements OnApplicationShutdown {
  readonly #dashboard: Dashboard;

  constructor(@Inject('dashboard') dashboard: Dashboard) {
    this.#dashboard = dashboard;
  }

  onApplicationShutdown(): Promise<void> {
    return this.#dashboard.close();
  }
}

describeHost('Nest', async (dashboard, basePath) => {
  const module: DynamicModule = {
    module: AppModule,
    controllers: basePath === '/' ? [OtherController, DashboardController] : [OtherController],
    providers: [{ provide: 'dashboard', useValue: dashboard }],
  };
  const app = await NestFactory.create<NestExpressApplication>(module, { logger: false });
  if (basePath !== '/') app.use(basePath, dashboard.node);
  await app.listen(0);
  const server = app.getHttpServer() as Server;
  dashboard.attachWebSocket(server);
  return { server, close: () => app.close() };
});
