import { Redis } from 'ioredis';
import { describe, inject, it } from 'vitest';
import { freePort, RedisProcess } from '../../../test-support/redis-process.ts';
import { expectSums } from './expect-scripted.ts';
import { limited, testKeys, type ScriptedManager, type TestKey } from './scripted-manager.ts';
import { Managers } from './start-managers.ts';

const soon = { timeout: 8000, interval: 20 };

/** All keys and values of a server, as one text. */
async function contentOf(client: Redis): Promise<string> {
  const texts: unknown[] = [];
  for (const key of await client.keys('*')) {
    const type = await client.type(key);
    texts.push(key, type === 'hash' ? await client.hgetall(key) : await client.get(key));
  }
  return JSON.stringify(texts);
}

/** The parts of 8 characters of API keys, plain or encoded, that a text contains. */
function leaksIn(text: string): string[] {
  const forms = testKeys.flatMap((key) => [key, Buffer.from(key).toString('base64'), Buffer.from(key).toString('hex')]);
  const runs = forms.flatMap((form) => Array.from({ length: form.length - 7 }, (_, at) => form.slice(at, at + 8)));
  return [...new Set(runs)].filter((run) => text.toLowerCase().includes(run.toLowerCase()));
}

describe.skipIf(!inject('hasRedisServer'))('managers whose clocks differ', () => {
  const aheadMs = [90_000, -45_000, 0] as const;
  const lengthMs = 600_000;

  it('agree on the end of a cooldown', async ({ expect, onTestFinished }) => {
    const server = new RedisProcess(await freePort());
    onTestFinished(() => server.stop());
    const managers = new Managers({ onTestFinished });
    const clocks = aheadMs.map((ahead) => ({ now: () => Date.now() + ahead }));
    const [a, b, c] = clocks.map((runtime) => managers.start(server.port, { runtime })) as [
      ScriptedManager,
      ScriptedManager,
      ScriptedManager,
    ];
    function leftMs(key: TestKey): number[] {
      return managers.all.map((each, index) => (each.key(key).availableAtMs ?? 0) - (clocks[index]?.now() ?? 0));
    }
    function expectAlike(key: TestKey, startedAt: number): void {
      const wanted = lengthMs - (performance.now() - startedAt);
      for (const left of leftMs(key)) {
        expect(left - wanted).toBeGreaterThan(-300);
        // Shared ends are rounded up to a second.
        expect(left - wanted).toBeLessThan(1300);
      }
    }
    // Before the first contact with the server.
    const first = performance.now();
    a.setOutcome('test-key-one', limited(lengthMs));
    await a.call();
    await expect.poll(() => a.storeEvents).toEqual(['store.failed']);
    await server.start();
    await expect
      .poll(() => managers.all.map((each) => each.key('test-key-one').state), soon)
      .toEqual(['cooling', 'cooling', 'cooling']);
    expectAlike('test-key-one', first);
    const second = performance.now();
    b.setOutcome('test-key-two', { kind: 'quota-exhausted', reason: 'scripted', recheckAfterMs: lengthMs });
    await b.call();
    await expect
      .poll(() => managers.all.map((each) => each.key('test-key-two').state), soon)
      .toEqual(['cooling', 'cooling', 'cooling']);
    expectAlike('test-key-two', second);
    // The later mark or reset wins, whatever the clocks of the processes show.
    b.manager.disable('test-key-three');
    await expect.poll(() => a.key('test-key-three').state, soon).toBe('disabled');
    a.manager.reset('test-key-three');
    await expect.poll(() => b.key('test-key-three').state, soon).toBe('healthy');
    b.manager.disable('test-key-three');
    await expect.poll(() => c.key('test-key-three').state, soon).toBe('disabled');
    b.manager.reset('test-key-three');
    await expect.poll(() => a.key('test-key-three').state, soon).toBe('healthy');
    await managers.close();
    const reader = await managers.readerOf(server.port);
    expectSums(reader, managers.all);
    expect(reader.states()).toEqual(['cooling', 'cooling', 'healthy', 'healthy']);
  });
});

describe.skipIf(!inject('hasRedisServer'))('what managers send to a server', () => {
  it('contains no part of a key: not in stored data, messages or commands', async ({ expect, onTestFinished }) => {
    const server = await RedisProcess.start();
    onTestFinished(() => server.stop());
    const client = new Redis(server.port, '127.0.0.1');
    const [feed, monitor] = [client.duplicate(), await client.monitor()];
    onTestFinished(() => [client, feed, monitor].forEach((each) => each.disconnect()));
    const [messages, commands]: [string[], string[]] = [[], []];
    await feed.psubscribe('*');
    feed.on('pmessage', (...message: string[]) => messages.push(JSON.stringify(message)));
    monitor.on('monitor', (_time: string, command: readonly string[]) => commands.push(JSON.stringify(command)));
    const managers = new Managers({ onTestFinished });
    const [a, b] = [managers.start(server.port), managers.start(server.port)];
    const group = `project of ${testKeys[2]}`;
    a.setOutcome('test-key-one', { kind: 'rate-limited', reason: testKeys[0], retryAfterMs: 300 });
    a.setOutcome('test-key-two', { kind: 'quota-exhausted', reason: testKeys[1], bucket: `of ${testKeys[1]}` });
    a.setOutcome('test-key-three', { kind: 'invalid-key', reason: testKeys[2], scope: 'group', group });
    expect(await a.call(`search for ${testKeys[3]}`)).toBe('test-key-four');
    await expect.poll(() => b.key('test-key-three').state, soon).toBe('disabled');
    a.setOutcome('test-key-one', 'ok');
    await expect.poll(() => a.call(), soon).toBe('test-key-one');
    await expect.poll(() => commands.some((command) => command.includes(':l:')), soon).toBe(true);
    await expect.poll(() => b.key('test-key-one').state, soon).toBe('healthy');
    await managers.close();
    const kept = await contentOf(client);
    expect(kept).toContain('quota-exhausted');
    expect(messages.join()).toContain('invalid-key');
    expect(commands.join()).toMatch(/evalsha/i);
    for (const text of [kept, messages.join(), commands.join()]) expect(leaksIn(text)).toEqual([]);
  });
});
