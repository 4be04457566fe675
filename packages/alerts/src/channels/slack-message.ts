import type { Notification } from '../model/notification.ts';
import { describeNotification } from '../texts/describe-notification.ts';
import { phrasesOf } from '../texts/phrases-of.ts';
import { shorten } from '../texts/shorten.ts';
import { tagOf } from '../texts/tag-of.ts';
import { toneOf, type Tone } from './tone-of.ts';

// https://docs.slack.dev/reference/block-kit/blocks. The other limits, 150 characters of a header and 50 blocks, are never reached.
const longestSection = 3000;

const signs: Readonly<Record<Tone, string>> = { critical: '🔴', warning: '🟠', info: '🔵', good: '🟢' };

/** Returns a notification in Slack's Block Kit. */
export function slackMessage(notification: Notification): object {
  const { title, sections, keys, link } = describeNotification(notification);
  const phrases = phrasesOf(notification);
  const tag = tagOf(notification);
  const keyLines = keys.map(({ label, masked, text }) => `• *${escape(label)}* (${escape(masked)}): ${escape(text)}`);
  const texts = [
    ...sections.map(({ heading, text }) => `*${escape(heading)}*\n${escape(text)}`),
    ...inSections(keys.length === 0 ? [] : [`*${phrases.keys}*`, ...keyLines]),
    ...(link === undefined ? [] : [`<${escape(link.replaceAll('|', '%7C'))}|${phrases.dashboard}>`]),
  ];
  const header = { type: 'plain_text', text: `${signs[toneOf(notification)]} ${title}` };
  const blocks = [
    { type: 'header', text: header },
    { type: 'context', elements: [{ type: 'plain_text', text: tag }] },
    ...texts.map((text) => ({ type: 'section', text: { type: 'mrkdwn', text: shorten(text, longestSection) } })),
  ];
  // Read by screen readers, and shown in push messages.
  return { text: escape(`[${tag}] ${title}`), blocks };
}

/** Slack's control characters: without them, a text can neither mention people nor hide a link. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Joins lines to texts that fit into a section each. */
function inSections(lines: readonly string[]): string[] {
  const texts: string[] = [];
  for (const line of lines) {
    const joined = `${texts.at(-1) ?? ''}\n${line}`.trimStart();
    if (texts.length > 0 && joined.length <= longestSection) texts[texts.length - 1] = joined;
    else texts.push(line);
  }
  return texts;
}
