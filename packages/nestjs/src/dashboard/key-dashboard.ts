import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import {
  RequestMethod,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import type { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { createDashboard, type Dashboard, type DashboardOptions } from '@api-key-fallback/dashboard';

interface KeyDashboardContext {
  readonly options: DashboardOptions;
  readonly path: string;
  readonly config: ApplicationConfig;
  readonly host: HttpAdapterHost;
}

/** The dashboard of an application, from its start to its end. */
export class KeyDashboard implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #context: KeyDashboardContext;
  #dashboard: Dashboard | undefined;

  constructor(context: KeyDashboardContext) {
    this.#context = context;
  }

  /** The global prefix is set after the providers were made. */
  onModuleInit(): void {
    const { options, path, config } = this.#context;
    this.#dashboard = createDashboard({ basePath: fullPath(path, config), ...options });
  }

  onApplicationBootstrap(): void {
    const server = this.#context.host.httpAdapter?.getHttpServer() as Server | undefined;
    if (server) this.#dashboard?.attachWebSocket(server);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await this.#dashboard?.node(request, response);
  }

  /** Open streams would keep the server from closing. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#dashboard?.close();
  }
}

/** The path of the controller with the global prefix, unless that is excluded for it. */
function fullPath(path: string, config: ApplicationConfig): string {
  const own = `/${trimmed(path)}`;
  const prefix = trimmed(config.getGlobalPrefix());
  const excluded = config.getGlobalPrefixOptions().exclude ?? [];
  const isExcluded = excluded.some(
    ({ pathRegex, requestMethod }) =>
      (requestMethod === RequestMethod.ALL || requestMethod === RequestMethod.GET) && pathRegex.test(own),
  );
  return isExcluded || prefix === '' ? own : `/${prefix}${own}`;
}

function trimmed(path: string): string {
  return path.replaceAll(/^\/+|\/+$/g, '');
}
