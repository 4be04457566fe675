import { createHash } from 'node:crypto';
import type { Notification } from '../model/notification.ts';
import { describeNotification } from '../texts/describe-notification.ts';
import { plainText } from '../texts/plain-text.ts';
import { tagOf } from '../texts/tag-of.ts';
import { mailHtml } from './mail-html.ts';

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
  const { id, kind, severity, atMs } = notification;
  const { title } = describeNotification(notification);
  const domain = /@([\w.-]+)/.exec(from)?.[1] ?? 'localhost';
  return {
    from,
    // Readers of mails ignore a tag in brackets when they compare subjects, so that all mails of an incident have the same one.
    subject: `[${tagOf(notification)}] ${title}`,
    text: `${title}\n\n${plainText(notification)}\n`,
    html: mailHtml(notification),
    messageId: `<${id}@${domain}>`,
    ...threadOf(notification, domain),
    date: new Date(atMs),
    priority: severity === 'critical' && kind !== 'resolved' ? 'high' : 'normal',
    // RFC 3834: no automatic answer, such as one of someone on holiday.
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

/**
 * Puts the mails about an incident into one thread: all of them answer a mail that does not exist, whose name every process can work
 * out. Readers of mails put those together that refer to the same one.
 */
function threadOf({ alerts }: Notification, domain: string): Pick<Mail, 'inReplyTo' | 'references'> {
  const references = alerts.slice(0, mostReferences).map(({ fingerprint, startsAtMs }) => {
    const name = createHash('sha256').update(`${fingerprint} ${startsAtMs}`).digest('hex').slice(0, 32);
    return `<${name}@${domain}>`;
  });
  const [first] = references;
  return first === undefined ? {} : { inReplyTo: first, references };
}
