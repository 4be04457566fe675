import { InvalidOptionsError } from '@api-key-fallback/core';
import { Webhook } from 'standardwebhooks';
import type { Channel } from '../model/channel.ts';
import type { Notification } from '../model/notification.ts';
import { describeNotification } from '../texts/describe-notification.ts';
import { plainText } from '../texts/plain-text.ts';
import { checkChannelOptions, makeChannel, type ChannelOptions } from './channel-options.ts';
import { postJson } from './post-json.ts';
import { redactedJson } from './redacted-json.ts';
import { readHeaders } from './webhook-headers.ts';
import { readWebhookUrl } from './webhook-url.ts';

/** Options of {@link webhook}. */
export interface WebhookOptions extends ChannelOptions {
  /** Signs each request, so that the receiver can refuse those of others: `whsec_` and 24 to 64 random bytes in base64. */
  readonly secret?: string | undefined;
  /** Headers of each request, for example `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The body of a webhook's request. */
export interface WebhookPayload {
  readonly type: 'api_key_fallback.alert';
  /** When the notification was made, as an ISO date. */
  readonly timestamp: string;
  /** The notification, with its title and text in its language. */
  readonly data: Notification & { readonly title: string; readonly text: string };
}

/**
 * Sends notifications as JSON ({@link WebhookPayload}) to a URL, signed as described by Standard Webhooks if there is a secret.
 *
 * The receiver answers with any status from 200 to 299, within 15 seconds. The same notification can arrive twice, with the same
 * `webhook-id`.
 *
 * @throws InvalidOptionsError for an invalid URL or option. It shows neither the URL nor the secret.
 * @example
 * webhook('https://ops.example/alerts', { secret: process.env['ALERTS_SECRET'] });
 */
export function webhook(url: string | URL | undefined, options: WebhookOptions = {}): Channel {
  const target = readWebhookUrl(url, { of: 'webhook', example: 'https://ops.example/alerts', isSecret: false });
  checkChannelOptions(options, ['secret', 'headers']);
  const headers = readHeaders(options.headers);
  // `secret: undefined` is an unset variable: the receiver would refuse what is not signed.
  const signer = 'secret' in options ? readSecret(options.secret) : undefined;
  return makeChannel('webhook', options, async (notification, { signal }) => {
    const body = redactedJson(payloadOf(notification));
    const signed = new Headers(headers);
    const sentAt = new Date();
    signed.set('webhook-id', notification.id);
    signed.set('webhook-timestamp', String(Math.floor(sentAt.getTime() / 1000)));
    if (signer) signed.set('webhook-signature', signer.sign(notification.id, sentAt, body));
    await postJson({ url: target, body, headers: signed, signal });
  });
}

function payloadOf(notification: Notification): WebhookPayload {
  const { title } = describeNotification(notification);
  const data = { ...notification, title, text: plainText(notification) };
  return { type: 'api_key_fallback.alert', timestamp: new Date(notification.atMs).toISOString(), data };
}

function readSecret(secret: string | undefined): Webhook {
  try {
    const bytes = Buffer.from(String(secret).replace(/^whsec_/, ''), 'base64').length;
    if (secret !== undefined && bytes >= 24 && bytes <= 64) return new Webhook(secret);
  } catch {
    // Its message is about the base64 only.
  }
  throw new InvalidOptionsError(
    `"secret" must be 24 to 64 bytes in base64. Make one: "whsec_" + randomBytes(32).toString('base64').`,
  );
}
