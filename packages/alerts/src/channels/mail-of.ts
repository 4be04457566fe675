import { createHash } from 'node:crypto';
import type { Notification } from '../model/notification.ts';
import { describeNotification } from '../texts/describe-notification.ts';
import { plainText } from '../texts/plain-text.ts';
import { tagOf } from '../texts/tag-of.ts';
import { mailHtml } from './mail-html.ts';
import { toneOf } from './tone-of.ts';

/** Mail servers refuse headers that are too long. */
const mostReferences = 10;

/** A mail, as nodemailer takes it. */
export interface Mail {
  readonly from: string;
  readonly to: string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly inReplyTo?: string;
  readonly references?: string[];
  readonly date: Date;
  readonly priority: 'high' | 'normal';
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
}

/** Returns a notification as a mail from this address. */
export function mailOf(notification: Notification, from: string): Omit<Mail, 'to' | 'signal'> {
  const { id, atMs } = notification;
  const { title } = describeNotification(notification);
  const domain = /@([\w.-]+)/.exec(from)?.[1] ?? 'localhost';
  return {
    from,
    // Mail programs ignore a tag in brackets when they compare subjects, so that an alert and its end have the same one.
    subject: `[${tagOf(notification)}] ${title}`,
    text: `${title}\n\n${plainText(notification)}\n`,
    html: mailHtml(notification),
    messageId: `<${id}@${domain}>`,
    ...threadOf(notification, domain),
    date: new Date(atMs),
    priority: toneOf(notification) === 'critical' ? 'high' : 'normal',
    // RFC 3834: no automatic answer, such as one of someone on holiday.
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

/**
 * Puts the mails about a provider into one thread for each day on which its alerts began. All of them answer a mail that does not exist,
 * whose name every process can work out. Not one thread for each alert, because an incident is several, one after the other.
 */
function threadOf({ provider, alerts }: Notification, domain: string): Pick<Mail, 'inReplyTo' | 'references'> {
  const days = new Set(alerts.map(({ startsAtMs }) => new Date(startsAtMs).toISOString().slice(0, 10)));
  const references = [...days]
    .toSorted()
    .slice(-mostReferences)
    .map((day) => {
      const name = createHash('sha256').update(`${provider} ${day}`).digest('hex').slice(0, 32);
      return `<${name}@${domain}>`;
    });
  const last = references.at(-1);
  return last === undefined ? {} : { inReplyTo: last, references };
}
