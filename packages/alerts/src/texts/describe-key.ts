import type { AlertKey } from '../model/alert.ts';
import type { Notification } from '../model/notification.ts';
import type { KeyCondition } from './phrases.ts';
import { phrasesOf } from './phrases-of.ts';
import { timeInWords } from './time-in-words.ts';

const knownReasons: Readonly<Partial<Record<AlertKey['state'], readonly KeyCondition[]>>> = {
  cooling: ['rate-limited', 'quota-exhausted'],
  disabled: ['invalid-key', 'operator'],
  recovering: ['invalid-key'],
};

/** Returns how a key is: the reason of its state if there are texts about it, or the state. */
export function conditionOf({ state, reason, availableAtMs }: AlertKey): KeyCondition {
  if (state === 'healthy' && availableAtMs !== undefined) return 'limited';
  return knownReasons[state]?.find((known) => known === reason) ?? state;
}

/** Returns how a key is, until when, and its last error. */
export function describeKey(key: AlertKey, notification: Notification): string {
  const { conditions, lastError } = phrasesOf(notification);
  const { availableAtMs, lastError: line } = key;
  const until = availableAtMs === undefined ? undefined : timeInWords(availableAtMs, notification);
  const condition = conditions[conditionOf(key)](until);
  return line === undefined ? condition : `${condition}. ${lastError(line)}`;
}
