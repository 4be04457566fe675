import type { Channel } from '../model/channel.ts';
import { checkChannelOptions, makeChannel, type ChannelOptions } from './channel-options.ts';
import { postJson } from './post-json.ts';
import { slackMessage } from './slack-message.ts';
import { readWebhookUrl } from './webhook-url.ts';

/**
 * Writes to a Slack channel, through an incoming webhook.
 *
 * @throws InvalidOptionsError for an invalid URL or option. It does not show the URL.
 * @example
 * slack(process.env['SLACK_WEBHOOK_URL'], { minSeverity: 'warning' });
 */
export function slack(url: string | URL | undefined, options: ChannelOptions = {}): Channel {
  const target = readWebhookUrl(url, { of: 'slack', example: 'https://hooks.slack.com/services/…', isSecret: true });
  checkChannelOptions(options);
  return makeChannel('slack', options, async (notification, { signal }) => {
    await postJson({ url: target, body: JSON.stringify(slackMessage(notification)), signal });
  });
}
