import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { redisCli, RedisProcess } from '../../../test-support/redis-process.ts';
import { storeClients } from './store-clients.ts';

const script = join(inject('childScripts'), 'end-by-itself.mjs');

describe.skipIf(!inject('hasRedisServer')).each(Object.keys(storeClients))(
  'a process that never closes its store, with %s',
  (library) => {
    let server: RedisProcess;

    beforeAll(async () => {
      server = await RedisProcess.start();
    });

    afterAll(() => server.stop());

    async function run(...args: string[]): Promise<unknown> {
      const child = spawn(process.execPath, [script, library, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
      const timeout = setTimeout(() => child.kill('SIGKILL'), 10_000);
      const [code] = (await once(child, 'exit')) as [number | null];
      clearTimeout(timeout);
      return code;
    }

    it.each(['at-once', 'wait'])(
      'ends by itself after it has sent its last fact (%s)',
      { timeout: 15_000 },
      async (wait) => {
        redisCli(server.port, 'FLUSHALL');
        expect(await run(String(server.port), wait)).toBe(0);
        expect(redisCli(server.port, 'HGET', 'akf:{openai}:1:s', 'last')).toContain('rate-limited');
      },
    );

    it('ends by itself when the server is away', { timeout: 15_000 }, async () => {
      expect(await run('1', 'at-once')).toBe(0);
    });
  },
);
