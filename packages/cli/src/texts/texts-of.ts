import type { Locale } from '@api-key-fallback/core';
import { brazilianPortuguese } from './brazilian-portuguese.ts';
import { english } from './english.ts';
import type { Texts } from './texts.ts';

/** The texts of each language. */
export const textsOf: Readonly<Record<Locale, Texts>> = { en: english, 'pt-BR': brazilianPortuguese };
