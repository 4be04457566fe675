import { InvalidOptionsError } from '@api-key-fallback/core';
import { readField } from '@api-key-fallback/core/adapter';
import { alertmanager } from './alertmanager.ts';
import { checkMinSeverity, checkName } from './channel-options.ts';
import { discord } from './discord.ts';
import { email } from './email.ts';
import { slack } from './slack.ts';
import { teams } from './teams.ts';
import { webhook } from './webhook.ts';

const factories: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [slack, 'slack(url)'],
  [discord, 'discord(url)'],
  [teams, 'teams(url)'],
  [webhook, 'webhook(url)'],
  [alertmanager, 'alertmanager(url)'],
  [email, 'email({ transport, from, to })'],
]);

/** @throws InvalidOptionsError unless this is a channel, or a function that can be one. `what` is what the option is called. */
export function checkChannel(what: string, channel: unknown): void {
  const call = factories.get(channel);
  if (call !== undefined) {
    throw new InvalidOptionsError(`"${what}" is the function that makes a channel. Write ${call}.`);
  }
  if (typeof channel === 'function') return;
  if (typeof readField(channel, 'send') !== 'function') {
    // Not shown: a URL in its place is a secret.
    throw new InvalidOptionsError(
      `"${what}" must be a channel, for example slack(url), or a function that takes a notification.`,
    );
  }
  checkName(`${what}.name`, readField(channel, 'name'));
  checkMinSeverity(`${what}.minSeverity`, readField(channel, 'minSeverity'));
}
