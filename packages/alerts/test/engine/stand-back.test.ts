import { DeliveryError, type Notification } from '@api-key-fallback/alerts';
import { expect, it } from 'vitest';
import { minuteMs } from '../scene.ts';
import { SharedProcesses } from './shared-processes.ts';

const refuse = () => {
  throw new DeliveryError('Gone.', { isFinal: true });
};

it('lets another process send when no channel works, and asks for the lease again after minutes', async () => {
  const shared = new SharedProcesses();
  const { link } = shared.start({ channels: [{ name: 'function', send: refuse }] });
  shared.start();
  await shared.advance(minuteMs);
  shared.isBroken = true;
  await shared.advance(2 * minuteMs);
  expect(shared.take()).toEqual(['', 'alert']);
  const asked = link.askedForLeases;
  await shared.advance(4 * minuteMs);
  expect(link.askedForLeases).toBe(asked);
  shared.isBroken = false;
  await shared.advance(10 * minuteMs);
  expect(shared.take()).toEqual(['', 'resolved']);
  expect(link.askedForLeases).toBeGreaterThan(asked);
});

it('leaves the end that was not delivered to another process', async () => {
  const shared = new SharedProcesses();
  let isAway = false;
  const sent: string[] = [];
  const send = async ({ kind }: Notification) => (isAway ? refuse() : void sent.push(kind));
  shared.start({ channels: [{ name: 'function', send }] });
  shared.start();
  shared.isBroken = true;
  await shared.advance(minuteMs);
  expect(sent).toEqual(['alert']);
  isAway = true;
  shared.isBroken = false;
  await shared.advance(10 * minuteMs);
  expect(shared.take()).toEqual(['', 'resolved']);
});

it('goes on when no other process does', async () => {
  const shared = new SharedProcesses();
  let isAway = true;
  const sent: string[] = [];
  const send = async ({ kind }: Notification) => (isAway ? refuse() : void sent.push(kind));
  shared.start({ channels: [{ name: 'function', send }] });
  shared.isBroken = true;
  await shared.advance(minuteMs);
  isAway = false;
  await shared.advance(6 * minuteMs);
  expect(sent).toEqual(['alert']);
});
