import type { Notification } from '../model/notification.ts';
import { brazilianPortuguese } from './brazilian-portuguese.ts';
import { english } from './english.ts';
import type { Phrases } from './phrases.ts';

const languages: Readonly<Record<Notification['locale'], Phrases>> = { en: english, 'pt-BR': brazilianPortuguese };

/** Returns the texts in the language of a notification. */
export function phrasesOf({ locale }: Notification): Phrases {
  return languages[locale];
}
