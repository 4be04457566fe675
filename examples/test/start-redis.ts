import { hasRedisServer, RedisProcess } from '../../test-support/redis-process.ts';

/** A Redis server for tests. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
}

/** Whether a server can be started or is at `REDIS_URL`; prints a warning when not. */
export function canHaveRedis(): boolean {
  if (hasRedisServer() || process.env['REDIS_URL']) return true;
  process.stderr.write(
    '\n!!! redis-server is not installed: EXAMPLES WITH REDIS ARE NOT TESTED (apt install redis-server)\n\n',
  );
  return false;
}

/** Starts a server, or uses the one at `REDIS_URL` when the binary is missing. */
export async function startRedis(): Promise<RedisServer> {
  if (!hasRedisServer()) return { url: process.env['REDIS_URL'] ?? '', async [Symbol.asyncDispose]() {} };
  const server = await RedisProcess.start();
  return { url: server.url, [Symbol.asyncDispose]: () => server.stop() };
}
