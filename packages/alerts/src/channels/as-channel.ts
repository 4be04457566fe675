import { InvalidOptionsError } from '@api-key-fallback/core';
import { readField } from '@api-key-fallback/core/adapter';
import type { Channel, ChannelFunction } from '../model/channel.ts';

/**
 * Returns a channel as it is, and makes one of a function. `place` is its place in the list, from 0.
 *
 * @throws InvalidOptionsError for anything else.
 */
export function asChannel(channel: Channel | ChannelFunction, place = 0): Channel {
  if (typeof channel === 'function') {
    return {
      name: channel.name || 'function',
      async send(notification, context) {
        await channel(notification, context);
      },
    };
  }
  const [name, send] = [readField(channel, 'name'), readField(channel, 'send')];
  if (typeof name === 'string' && name !== '' && typeof send === 'function') return channel;
  throw new InvalidOptionsError(
    `"channels[${place}]" must be a channel or a function. Write channels: [slack(process.env.SLACK_WEBHOOK_URL)], for example.`,
  );
}
