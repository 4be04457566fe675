import { slack } from '@api-key-fallback/alerts';
import { expect, it } from 'vitest';
import { asChannel } from '../../src/channels/as-channel.ts';
import { sampleNotification } from '../sample-notification.ts';

it('makes a channel of a function, with its name', async () => {
  const seen: unknown[] = [];
  async function pager(...all: unknown[]): Promise<string> {
    seen.push(...all);
    return 'anything';
  }
  const context = { signal: new AbortController().signal };
  await expect(asChannel(pager).send(sampleNotification(), context)).resolves.toBeUndefined();
  expect(seen).toEqual([sampleNotification(), context]);
  expect(asChannel(pager).name).toBe('pager');
  expect(asChannel(async () => {}).name).toBe('function');
});

it('leaves a channel as it is', () => {
  const channel = slack('https://hooks.example/services');
  expect(asChannel(channel)).toBe(channel);
});
