import type { Notification } from '../model/notification.ts';
import { describeNotification } from './describe-notification.ts';
import { phrasesOf } from './phrases-of.ts';

/** Returns a notification as text of several lines, without its title. */
export function plainText(notification: Notification): string {
  const { sections, keys, link } = describeNotification(notification);
  const phrases = phrasesOf(notification);
  const blocks = [
    ...sections.map(({ heading, text }) => `${heading}\n${text}`),
    ...(keys.length === 0 ? [] : [[phrases.keys, ...keys.map(keyLine)].join('\n')]),
    ...(link === undefined ? [] : [`${phrases.dashboard}\n${link}`]),
  ];
  return blocks.join('\n\n');
}

function keyLine({
  label,
  masked,
  text,
}: {
  readonly label: string;
  readonly masked: string;
  readonly text: string;
}): string {
  return `- ${label} (${masked}): ${text}`;
}
