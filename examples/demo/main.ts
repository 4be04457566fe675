import { parseArgs } from 'node:util';
import type { Locale } from '@api-key-fallback/core';
import { redactKeys } from '@api-key-fallback/core/adapter';
import { texts, type Texts } from './texts.ts';

const options = { lang: { type: 'string' }, live: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;

/** The first argument that is not an option of the demo. */
function unknownArgument(tokens: NonNullable<ReturnType<typeof parseArgs>['tokens']>): string | undefined {
  for (const token of tokens) {
    if (token.kind === 'positional') return token.value;
    if (token.kind === 'option' && !Object.hasOwn(options, token.name)) return token.rawName;
  }
  return undefined;
}

function refuse(message: string): void {
  // A key may have ended up among the arguments.
  console.error(redactKeys(message));
  process.exitCode = 2;
}

// npm users write `--` before the options of a script.
const args = process.argv.slice(2).filter((arg) => arg !== '--');
const { values, tokens } = parseArgs({ args, options, strict: false, tokens: true });
const { lang = 'en' } = values;
const locale: Locale = /^pt/i.test(String(lang)) ? 'pt-BR' : 'en';
const text: Texts = texts[locale];
const unknown = unknownArgument(tokens);

if (lang !== locale) {
  refuse(text.badLanguage(typeof lang === 'string' ? lang : undefined));
} else if (unknown !== undefined) {
  refuse(text.unknownOption(unknown));
} else if (values.help) {
  console.log(text.help);
} else if (values.live) {
  // Loaded when needed, so that the help and a mistake do not wait for the clients.
  const { runLive } = await import('./run-live.ts');
  await runLive(locale);
} else {
  const { runCases } = await import('./run-cases.ts');
  await runCases(locale);
}
