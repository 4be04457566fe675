import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { RedisProcess } from '../../../../test-support/redis-process.ts';
import { RequestedChild } from '../../../../test-support/requested-child.ts';
import type { WatchingRequests } from './watching-child.ts';

const patience = { timeout: 60_000, interval: 50 };
const fourProcesses = 4;

type Child = RequestedChild<WatchingRequests>;

/** A place for a store. */
const places = {
  directory: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'alerts-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    return directory;
  },
  server: async () => {
    const server = await RedisProcess.start();
    onTestFinished(() => server.stop());
    return server.url;
  },
};

/** Starts four processes with a store at this place. */
async function startFour(place: string, repeatIntervalMs: number): Promise<Child[]> {
  const script = join(inject('childScripts'), 'watching-child.mjs');
  const startMs = String(Date.now());
  const children = Array.from(
    { length: fourProcesses },
    (): Child => new RequestedChild<WatchingRequests>(script, [place, startMs, String(repeatIntervalMs)]),
  );
  onTestFinished(async () => {
    await Promise.all(children.map((child) => child.kill()));
  });
  await Promise.all(children.map((child) => child.ask('ready')));
  return children;
}

/** What all these processes have sent, with the sender of each message. */
async function sentBy(children: readonly Child[]): Promise<{ readonly text: string; readonly child: Child }[]> {
  const sent = await Promise.all(
    children.map(async (child) => (await child.ask('sent')).map((text) => ({ text, child }))),
  );
  return sent.flat();
}

/** Waits for the only message that these processes have sent, and returns its sender. */
async function senderOf(expected: string, children: readonly Child[]): Promise<Child> {
  return vi.waitFor(async () => {
    const sent = await sentBy(children);
    expect(sent.map(({ text }) => text)).toEqual([expected]);
    return sent[0]!.child;
  }, patience);
}

/** Lets them send an alert, and waits until the other processes know of the message. */
async function alertingOf(children: readonly Child[]): Promise<Child> {
  await children[0]!.ask('exhaust');
  const sender = await senderOf('alert provider.exhausted', children);
  await vi.waitFor(async () => expect(await sender.ask('noted')).toContain('provider.exhausted'), patience);
  return sender;
}

/** Waits until all of them see all as fine, and closes them: then they have sent all that they would. */
async function closeAll(children: readonly Child[]): Promise<void> {
  await vi.waitFor(async () => {
    expect(await Promise.all(children.map((child) => child.ask('firing')))).toEqual(children.map(() => 0));
  }, patience);
  await Promise.all(children.map((child) => child.ask('close')));
}

const kinds = inject('hasRedisServer') ? (['directory', 'server'] as const) : (['directory'] as const);

describe.each(kinds)('four processes that share a %s', (kind) => {
  it('send one message; when the sender is killed, another sends the rest, once', { timeout: 120_000 }, async () => {
    const children = await startFour(await places[kind](), 60_000);
    const killed = await alertingOf(children);
    await killed.kill();
    const others = children.filter((child) => child !== killed);
    await senderOf('reminder provider.exhausted', others);
    await others[0]!.ask('heal');
    await vi.waitFor(async () => expect(await sentBy(others)).toHaveLength(2), patience);
    await closeAll(others);
    const sent = (await sentBy(others)).map(({ text }) => text);
    expect(sent).toEqual(['reminder provider.exhausted', 'resolved provider.exhausted']);
    expect((await Promise.all(others.map((child) => child.ask('logged')))).flat()).toEqual([]);
  });

  it('end by themselves when they never close', async () => {
    const children = await startFour(await places[kind](), Infinity);
    await alertingOf(children);
    expect(await Promise.all(children.map((child) => child.disconnect()))).toEqual([0, 0, 0, 0]);
  });

  it('send the end once when the sender was suspended meanwhile', { timeout: 120_000 }, async () => {
    const children = await startFour(await places[kind](), Infinity);
    const suspended = await alertingOf(children);
    process.kill(suspended.pid, 'SIGSTOP');
    const others = children.filter((child) => child !== suspended);
    await others[0]!.ask('heal');
    await senderOf('resolved provider.exhausted', others);
    process.kill(suspended.pid, 'SIGCONT');
    await closeAll(children);
    const sent = (await sentBy(children)).map(({ text }) => text);
    expect(sent.toSorted()).toEqual(['alert provider.exhausted', 'resolved provider.exhausted']);
  });
});
