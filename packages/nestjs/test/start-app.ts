import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { Module, type INestApplication, type LoggerService, type ModuleMetadata, type Type } from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { registry } from '@api-key-fallback/core';
import { onTestFinished } from 'vitest';

interface StartOptions {
  readonly logger?: LoggerService | false;
  readonly adapter?: AbstractHttpAdapter;
  /** Runs before the application starts. */
  readonly prepare?: (app: INestApplication) => void | Promise<void>;
}

/** Makes a module with this content. */
export function moduleOf(metadata: ModuleMetadata): Type {
  // oxlint-disable-next-line typescript/no-extraneous-class -- as modules of Nest are
  class AppModule {}
  Module(metadata)(AppModule);
  return AppModule;
}

/** Starts a Nest application on a port that the system chooses. It is closed at the end of the test. */
export async function startApp(
  metadata: ModuleMetadata,
  { logger = false, adapter, prepare }: StartOptions = {},
): Promise<{ readonly app: INestApplication; readonly url: string }> {
  const options = { logger, abortOnError: false } as const;
  onTestFinished(() => registry.close());
  const app = adapter
    ? await NestFactory.create(moduleOf(metadata), adapter, options)
    : await NestFactory.create(moduleOf(metadata), options);
  onTestFinished(() => app.close());
  await prepare?.(app);
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}` };
}
