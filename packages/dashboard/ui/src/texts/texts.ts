import { computed, signal, type ReadonlySignal } from '@preact/signals';
import { english } from './english/english.ts';

/** The languages of the page. */
export type Locale = 'en' | 'pt-BR';

/** The texts of one language. */
export type Texts = typeof english;

/** A language and its texts change together, so that no number has the format of another language. */
const current = signal<{ readonly locale: Locale; readonly texts: Texts }>({ locale: 'en', texts: english });

export const locale: ReadonlySignal<Locale> = computed(() => current.value.locale);

/** The texts of the chosen language: `texts.value.overview.needsYou`. */
export const texts: ReadonlySignal<Texts> = computed(() => current.value.texts);

let chosen: Locale = 'en';

/** Chooses the language. English is part of the page; another one is loaded first. */
export async function setLocale(next: Locale): Promise<void> {
  chosen = next;
  const loaded = next === 'en' ? english : await loadBrazilianPortuguese();
  // A later choice may have been faster.
  if (chosen !== next || loaded === undefined) return;
  current.value = { locale: next, texts: loaded };
  document.documentElement.lang = next;
}

/** Without a connection the page stays in the language it has. */
async function loadBrazilianPortuguese(): Promise<Texts | undefined> {
  try {
    return (await import('./brazilian-portuguese/brazilian-portuguese.ts')).brazilianPortuguese;
  } catch {
    return undefined;
  }
}
