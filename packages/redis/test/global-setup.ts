import type { TestProject } from 'vitest/node';
import { hasRedisServer, RedisProcess } from './redis-process.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    redisUrl: string | undefined;
    hasRedisServer: boolean;
  }
}

/** Finds a server for all tests: that of `REDIS_URL`, or one of our own. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const isInstalled = hasRedisServer();
  const url = process.env['REDIS_URL'];
  project.provide('hasRedisServer', isInstalled);
  if (!isInstalled) {
    process.stderr.write(
      '\n!!! redis-server is not installed: TESTS OF THE REDIS STORE ARE SKIPPED (apt install redis-server)\n\n',
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
