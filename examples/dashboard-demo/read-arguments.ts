import { parseArgs } from 'node:util';
import type { Locale } from '@api-key-fallback/core';
import type { DemoOptions } from './start-demo.ts';
import { scenes } from './scene.ts';
import { texts } from './texts.ts';

/** What the command line asks for: the demo, the help, or why it cannot be understood. */
export type Command =
  | { readonly kind: 'run'; readonly options: DemoOptions }
  | { readonly kind: 'help'; readonly locale: Locale }
  | { readonly kind: 'mistake'; readonly message: string };

const options = {
  port: { type: 'string', default: '0' },
  lang: { type: 'string', default: 'en' },
  scene: { type: 'string', default: 'incident' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Reads the arguments of the demo. npm users write `--` before them. */
export function readArguments(args: readonly string[]): Command {
  const given = args.filter((arg) => arg !== '--');
  const { values, tokens } = parseArgs({ args: given, options, strict: false, tokens: true });
  const [lang, scene, port] = [String(values.lang), String(values.scene), String(values.port)];
  const locale: Locale = /^pt/i.test(lang) ? 'pt-BR' : 'en';
  const text = texts[locale];
  const mistake = (message: string): Command => ({ kind: 'mistake', message });

  if (lang !== locale) return mistake(text.badLanguage(lang));
  for (const token of tokens) {
    if (token.kind === 'positional') return mistake(text.unknownOption(token.value));
    if (token.kind === 'option' && !Object.hasOwn(options, token.name))
      return mistake(text.unknownOption(token.rawName));
  }
  if (values.help === true) return { kind: 'help', locale };
  const chosen = scenes.find((name) => name === scene);
  if (!chosen) return mistake(text.badScene(scene));
  const isPort = /^\d{1,5}$/.test(port) && Number(port) <= 65_535;
  return isPort ? { kind: 'run', options: { scene: chosen, locale, port: Number(port) } } : mistake(text.badPort(port));
}
