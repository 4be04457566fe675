import { hasRedisServer, RedisProcess } from '../../test-support/redis-process.ts';

/** A Redis server that tests may use. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
}

/** Whether there is a way to have one; says so loudly when there is none. */
export function canHaveRedis(): boolean {
  if (hasRedisServer() || process.env['REDIS_URL']) return true;
  process.stderr.write(
    '\n!!! redis-server is not installed: EXAMPLES WITH REDIS ARE NOT TESTED (apt install redis-server)\n\n',
  );
  return false;
}

/** Starts a server of its own; where the binary is missing it is that of `REDIS_URL`. */
export async function startRedis(): Promise<RedisServer> {
  if (!hasRedisServer()) return { url: process.env['REDIS_URL'] ?? '', async [Symbol.asyncDispose]() {} };
  const server = await RedisProcess.start();
  return { url: server.url, [Symbol.asyncDispose]: () => server.stop() };
}
