import type { Channel } from '../model/channel.ts';
import { checkChannelOptions, makeChannel, type ChannelOptions } from './channel-options.ts';
import { discordMessage } from './discord-message.ts';
import { postJson } from './post-json.ts';
import { readWebhookUrl } from './webhook-url.ts';

/**
 * Writes to a Discord channel, through its webhook.
 *
 * @throws InvalidOptionsError for an invalid URL or option. It does not show the URL.
 * @example
 * discord(process.env['DISCORD_WEBHOOK_URL']);
 */
export function discord(url: string | URL | undefined, options: ChannelOptions = {}): Channel {
  const target = readWebhookUrl(url, { of: 'discord', example: 'https://discord.com/api/webhooks/…', isSecret: true });
  checkChannelOptions(options);
  return makeChannel('discord', options, async (notification, { signal }) => {
    await postJson({ url: target, body: JSON.stringify(discordMessage(notification)), signal });
  });
}
