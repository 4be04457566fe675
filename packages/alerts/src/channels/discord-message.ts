import type { Notification } from '../model/notification.ts';
import { describeNotification } from '../texts/describe-notification.ts';
import { phrasesOf } from '../texts/phrases-of.ts';
import { shorten } from '../texts/shorten.ts';
import { tagOf } from '../texts/tag-of.ts';
import { toneOf, type Tone } from './tone-of.ts';

// https://discord.com/developers/docs/resources/message#embed-object-embed-limits. Together they are below the 6000 of all texts.
const longestTitle = 256;
const longestDescription = 4096;

const colours: Readonly<Record<Tone, number>> = {
  critical: 0xdc_26_26,
  warning: 0xd9_77_06,
  info: 0x25_63_eb,
  good: 0x16_a3_4a,
};

/** Returns a notification as a message with an embed. */
export function discordMessage(notification: Notification): object {
  const { title, sections, keys, link } = describeNotification(notification);
  const phrases = phrasesOf(notification);
  const keyLines = keys.map(({ label, masked, text }) => `- **${escape(label)}** (${escape(masked)}): ${escape(text)}`);
  const blocks = [
    ...sections.map(({ heading, text }) => `**${escape(heading)}**\n${escape(text)}`),
    ...(keys.length === 0 ? [] : [`**${phrases.keys}**\n${keyLines.join('\n')}`]),
  ];
  const embed = {
    title: shorten(escape(`[${tagOf(notification)}] ${title}`), longestTitle),
    description: shorten(blocks.join('\n\n'), longestDescription),
    color: colours[toneOf(notification)],
    timestamp: new Date(notification.atMs).toISOString(),
    ...(link === undefined ? {} : { url: link }),
  };
  // A text of others must not call anyone.
  return { embeds: [embed], allowed_mentions: { parse: [] } };
}

/** Markdown in a text of others is shown as it is written. */
function escape(text: string): string {
  return text.replaceAll(/[\\*_~`|>#[\]<@]/g, String.raw`\$&`);
}
