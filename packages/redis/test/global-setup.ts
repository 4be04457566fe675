import type { TestProject } from 'vitest/node';
import { hasRedisServer, RedisProcess } from '../../../test-support/redis-process.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    redisUrl: string | undefined;
    hasRedisServer: boolean;
  }
}

/** Provides a server for all tests: the one of `REDIS_URL`, or a new one. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const isInstalled = hasRedisServer();
  const url = process.env['REDIS_URL'];
  project.provide('hasRedisServer', isInstalled);
  if (!isInstalled) {
    const which = url ? 'MANY' : 'ALL';
    process.stderr.write(
      `\n!!! redis-server is not installed (apt install redis-server): ${which} TESTS OF THE REDIS STORE ARE SKIPPED\n\n`,
    );
  }
  if (url || !isInstalled) {
    project.provide('redisUrl', url);
    return undefined;
  }
  const server = await RedisProcess.start();
  project.provide('redisUrl', server.url);
  return () => server.stop();
}
