import { AllKeysFailedError, type ApiKeyManager, type Locale } from '@api-key-fallback/core';
import { printKeys, shortTime } from './print-keys.ts';
import { say } from './say.ts';
import { texts, type Texts } from './texts.ts';

/** Makes a call, and prints its outcome and what became of the keys. */
export async function reportCall(manager: ApiKeyManager, call: () => Promise<string>, locale: Locale): Promise<void> {
  const text = texts[locale];
  const outcome = await call().then(text.answer, (error: unknown) => text.failed(describe(error, text, locale)));
  say(`\n${outcome}`);
  printKeys(manager.status().keys, locale);
}

function describe(error: unknown, text: Texts, locale: Locale): string {
  if (!AllKeysFailedError.isInstance(error)) return String(error);
  const { reason, attempts, retryAfterMs } = error;
  const what = text.allKeysFailed(reason, attempts.length);
  if (retryAfterMs === undefined) return what;
  return `${what} ${text.backAt(shortTime(Date.now() + retryAfterMs, locale), Math.ceil(retryAfterMs / 1000))}`;
}
