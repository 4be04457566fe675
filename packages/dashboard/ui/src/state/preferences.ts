import { effect, signal, type Signal } from '@preact/signals';
import { setLocale, type Locale } from '../texts/texts.ts';
import { session } from './page.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const locales: readonly Locale[] = ['en', 'pt-BR'];

const prefix = 'api-key-fallback.';

/** `system` follows the setting of the browser. */
export const theme: Signal<Theme> = signal<Theme>(stored('theme', themes) ?? 'system');

/** The language that the visitor has chosen; without a choice it is that of the dashboard. */
export const chosenLocale: Signal<Locale | undefined> = signal<Locale | undefined>(stored('language', locales));

/** Keeps the preferences in this browser, and the page in step with them. */
export function followPreferences(): void {
  effect(() => {
    if (theme.value === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme.value;
    store('theme', theme.value);
  });
  effect(() => {
    const locale = chosenLocale.value ?? session.value?.locale;
    // Without a session the page stays in the language it has.
    if (locale !== undefined) void setLocale(locale);
    if (chosenLocale.value !== undefined) store('language', chosenLocale.value);
  });
}

/** A browser may refuse to store anything. Then a choice lasts as long as the page. */
function store(name: string, value: string): void {
  try {
    localStorage.setItem(prefix + name, value);
  } catch {
    return;
  }
}

function stored<Name extends string>(name: string, names: readonly Name[]): Name | undefined {
  try {
    const value = localStorage.getItem(prefix + name);
    return names.find((each) => each === value);
  } catch {
    return undefined;
  }
}
