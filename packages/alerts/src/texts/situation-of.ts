import type { Alert } from '../model/alert.ts';
import type { Notification } from '../model/notification.ts';
import { durationInWords } from './duration-in-words.ts';
import type { Situation } from './phrases.ts';

/** Returns what the texts about an alert are made from, in the words of the notification's language. */
export function situationOf(alert: Alert, notification: Notification): Situation {
  const { locale } = notification;
  const { displayName, pool, rule, usable, total, isUnproven = false, keys, values = {} } = alert;
  return {
    name: pool === 'default' ? displayName : `${displayName} (${pool})`,
    rule,
    usable,
    total,
    isUnproven,
    hasNoKeysYet: total === 0 && values['source'] !== undefined,
    labels: keys.map(({ label }) => label),
    share: new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0, roundingMode: 'floor' }).format(
      asNumber(values['share']),
    ),
    place: String(values['source'] ?? values['store'] ?? values['operation'] ?? ''),
    count: new Intl.NumberFormat(locale).format(asNumber(values['count'])),
    window: durationInWords(asNumber(values['windowMs']), notification),
  };
}

function asNumber(value: string | number | undefined): number {
  return typeof value === 'number' ? value : 0;
}
