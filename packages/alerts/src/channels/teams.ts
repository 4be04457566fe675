import type { Channel } from '../model/channel.ts';
import { adaptiveCard } from './adaptive-card.ts';
import { checkChannelOptions, makeChannel, type ChannelOptions } from './channel-options.ts';
import { postJson } from './post-json.ts';
import { readWebhookUrl } from './webhook-url.ts';

const example = 'https://….logic.azure.com/workflows/…';

/**
 * Writes to a Microsoft Teams channel, through a workflow of the template "Post to a channel when a webhook request is received".
 *
 * @throws InvalidOptionsError for an invalid URL or option. It does not show the URL.
 * @example
 * teams(process.env['TEAMS_WEBHOOK_URL']);
 */
export function teams(url: string | URL | undefined, options: ChannelOptions = {}): Channel {
  const target = readWebhookUrl(url, { of: 'teams', example, isSecret: true });
  checkChannelOptions(options);
  return makeChannel('teams', options, async (notification, { signal }) => {
    const contentType = 'application/vnd.microsoft.card.adaptive';
    const message = { type: 'message', attachments: [{ contentType, content: adaptiveCard(notification) }] };
    await postJson({ url: target, body: JSON.stringify(message), signal });
  });
}
