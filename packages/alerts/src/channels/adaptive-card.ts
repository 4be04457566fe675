import type { Notification } from '../model/notification.ts';
import { describeNotification } from '../texts/describe-notification.ts';
import { phrasesOf } from '../texts/phrases-of.ts';
import { tagOf } from '../texts/tag-of.ts';
import { toneOf, type Tone } from './tone-of.ts';

/** A workflow refuses messages of more than 28 KB. The rest is for what surrounds these blocks. */
const mostBytes = 20_000;

const styles: Readonly<Record<Tone, string>> = {
  critical: 'attention',
  warning: 'warning',
  info: 'accent',
  good: 'good',
};

interface Run {
  readonly text: string;
  readonly weight?: 'Bolder';
  readonly size?: 'Large';
}

/** Returns a notification as an Adaptive Card of version 1.5. */
export function adaptiveCard(notification: Notification): object {
  const { title, sections, keys, link } = describeNotification(notification);
  const phrases = phrasesOf(notification);
  const tag = tagOf(notification);
  const blocks = [
    ...sections.flatMap(({ heading, text }) => [
      headingBlock(heading),
      ...text.split('\n').map((line) => richText({ text: line })),
    ]),
    ...(keys.length === 0 ? [] : [headingBlock(phrases.keys)]),
    ...keys.map(({ label, masked, text }) =>
      richText({ text: label, weight: 'Bolder' }, { text: ` (${masked}): ${text}` }),
    ),
  ];
  const top = {
    type: 'Container',
    style: styles[toneOf(notification)],
    bleed: true,
    items: [richText({ text: tag }), richText({ text: title, weight: 'Bolder', size: 'Large' })],
  };
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.5',
    fallbackText: `[${tag}] ${title}`,
    body: [top, ...withinBytes(blocks)],
    ...(link === undefined ? {} : { actions: [{ type: 'Action.OpenUrl', title: phrases.dashboard, url: link }] }),
  };
}

function headingBlock(text: string): object {
  return { ...richText({ text, weight: 'Bolder' }), spacing: 'Medium' };
}

/** One line. Unlike a TextBlock, it takes no Markdown, so that a text of others is shown as it is written. */
function richText(...runs: readonly Run[]): object {
  return { type: 'RichTextBlock', inlines: runs.map((run) => ({ type: 'TextRun', ...run })), spacing: 'Small' };
}

function withinBytes(blocks: readonly object[]): object[] {
  let bytes = 0;
  return blocks.filter((block) => (bytes += Buffer.byteLength(JSON.stringify(block))) <= mostBytes);
}
