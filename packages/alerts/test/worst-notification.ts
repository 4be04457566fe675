import type { Notification } from '@api-key-fallback/alerts';
import { refusedKey, sampleAlert, sampleNotification } from './sample-notification.ts';

/** A notification whose texts have every length limit against them, and every character that a format gives a meaning to. */
export function worstNotification(filling: string): Notification {
  const text = filling.repeat(5000);
  const keys = Array.from({ length: 40 }, (_, index) =>
    refusedKey(`${index} ${text}`, { masked: text, lastError: text, keyId: `${index}` }),
  );
  const alerts = Array.from({ length: 40 }, () => sampleAlert({ displayName: text, rule: text, message: text, keys }));
  return sampleNotification({ displayName: text, alerts });
}

/** Characters with a meaning in HTML, in Slack's format, in Markdown; and one of three bytes. */
export const fillings = ['&', '<!channel>', '@everyone **[x](https://x.example)** `_~|\\', '☃'] as const;
