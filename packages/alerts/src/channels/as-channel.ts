import type { Channel, ChannelFunction } from '../model/channel.ts';

/** Returns a channel as it is, and makes one of a function. */
export function asChannel(channel: Channel | ChannelFunction): Channel {
  if (typeof channel !== 'function') return channel;
  return {
    name: channel.name || 'function',
    async send(notification, context) {
      await channel(notification, context);
    },
  };
}
