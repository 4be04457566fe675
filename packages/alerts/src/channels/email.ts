import { InvalidOptionsError } from '@api-key-fallback/core';
import { readField } from '@api-key-fallback/core/adapter';
import type { Channel } from '../model/channel.ts';
import { DeliveryError } from '../model/delivery-error.ts';
import { checkChannelOptions, makeChannel, type ChannelOptions } from './channel-options.ts';
import { mailOf, type Mail } from './mail-of.ts';

/** What sends mails: a transporter of nodemailer, or an object with the same method. */
export interface MailTransport {
  sendMail(mail: Mail): Promise<unknown>;
}

/** Options of {@link email}. */
export interface EmailOptions extends ChannelOptions {
  /** A transporter of nodemailer: `createTransport(process.env['SMTP_URL'])`. */
  readonly transport: MailTransport;
  /** The sender's address, for example `Alerts <alerts@example.com>`. */
  readonly from: string;
  /** The address of the reader, or a list of several. */
  readonly to: string | readonly string[];
}

const instead =
  "Write email({ transport: createTransport(process.env['SMTP_URL']), from: 'alerts@example.com', to: 'team@example.com' }).";

/**
 * Sends mails, in HTML and as text. Those about a provider are in one thread for each day on which its alerts began.
 *
 * @throws InvalidOptionsError for an invalid option.
 * @example
 * import { createTransport } from 'nodemailer';
 *
 * email({ transport: createTransport(process.env['SMTP_URL']), from: 'alerts@example.com', to: 'team@example.com' });
 */
export function email(options: EmailOptions): Channel {
  checkChannelOptions(options, ['transport', 'from', 'to']);
  const { transport, from, to } = options;
  const readers = typeof to === 'string' ? [to] : to;
  if (typeof readField(transport, 'sendMail') !== 'function') {
    throw new InvalidOptionsError(`"transport" must be a transporter of nodemailer. ${instead}`);
  }
  if (!isAddress(from)) throw new InvalidOptionsError(`"from" must be an address. ${instead}`);
  if (!Array.isArray(readers) || readers.length === 0 || !readers.every(isAddress)) {
    throw new InvalidOptionsError(`"to" must be an address, or a list of addresses. ${instead}`);
  }
  return makeChannel('email', options, async (notification, { signal }) => {
    const mail = { ...mailOf(notification, from), to: [...readers], signal };
    try {
      await transport.sendMail(mail);
    } catch (error) {
      throw signal.aborted ? signal.reason : mailError(error);
    }
  });
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && /^[^\r\n]*[^\s@]@[^\s@][^\r\n]*$/.test(value);
}

/** Without the message, which can contain the user name or the answer of the server. */
function mailError(error: unknown): DeliveryError {
  const [code, status] = [readField(error, 'code'), readField(error, 'responseCode')];
  const known = [
    ...(typeof code === 'string' && /^[A-Z][A-Z\d_]+$/.test(code) ? [code] : []),
    ...(typeof status === 'number' ? [status] : []),
  ];
  const reason = known.length === 0 ? '' : ` (${known.join(' ')})`;
  return new DeliveryError(`The mail cannot be handed over${reason}.`, {
    // A mail server says 5xx to what it will never accept, and 4xx to what it may accept later.
    isFinal: typeof status === 'number' && status >= 500,
  });
}
