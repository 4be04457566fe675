import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, inject, it, onTestFinished } from 'vitest';
import { Sink } from '../sink.ts';

it('a process ends by itself while messages wait for a receiver that is away', async () => {
  await using sink = await Sink.start();
  sink.answers = [503];
  const child = fork(join(inject('childScripts'), 'away-receiver-child.mjs'), [sink.url], {
    execArgv: [],
    silent: true,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  // Five would be made if it stayed alive.
  expect(sink.posts.length).toBeLessThan(5);
});
