import { InvalidOptionsError } from '@api-key-fallback/core';
import type { Channel, Notification } from '@api-key-fallback/alerts';
import { expect, it } from 'vitest';
import { Scene } from './scene.ts';

it('sends a test through all channels, or one, and says what each has made of it', async () => {
  const scene = new Scene();
  const got: Notification[] = [];
  const sound: Channel = {
    name: 'sound',
    minSeverity: 'critical',
    send: async (notification) => void got.push(notification),
  };
  const broken: Channel = {
    name: 'broken',
    send: async () => {
      throw new Error('It is broken.');
    },
  };
  const watch = scene.watch(undefined, {
    channels: [sound, broken],
    locale: 'pt-BR',
    dashboardUrl: 'https://keys.example.com',
  });
  const result = watch.test();
  await scene.clock.advance(60_000);
  expect(await result).toEqual([
    { channel: 'sound', isDelivered: true },
    { channel: 'broken', isDelivered: false, error: expect.stringContaining('It is broken.') },
  ]);
  expect(got).toMatchObject([{ kind: 'test', alerts: [], locale: 'pt-BR', dashboardUrl: 'https://keys.example.com' }]);
  expect(await watch.test('sound')).toEqual([{ channel: 'sound', isDelivered: true }]);
  expect(got).toHaveLength(2);
  await expect(watch.test('pager')).rejects.toThrow(InvalidOptionsError);
  await expect(watch.test('pager')).rejects.toThrow('test() takes the name of a channel: sound, broken.');
});
