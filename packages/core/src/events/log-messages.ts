import type { KeyRef } from '../base/key-ref.ts';
import type { KeyManagerEventName, KeyManagerEvents } from './events.ts';

/** The level of a log line, from the least to the most important. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** The languages of the log. */
export type Locale = 'en' | 'pt-BR';

/** The level of each event's line; an event without one is not logged. */
export const logLevels: Readonly<Partial<Record<KeyManagerEventName, LogLevel>>> = {
  'key.selected': 'info',
  'attempt.started': 'info',
  'attempt.failed': 'warn',
  'call.fell-over': 'warn',
  'key.suspected': 'debug',
  'key.cooled-down': 'debug',
  'key.disabled': 'debug',
  'key.recovered': 'info',
  'call.succeeded': 'info',
  'call.aborted': 'info',
  'budget.exhausted': 'warn',
  'store.failed': 'warn',
  'store.recovered': 'info',
  'keys.exhausted': 'error',
};

/** The level of an event's line. What was heard from elsewhere has no other line that would explain it. */
export function levelOf<Name extends KeyManagerEventName>(
  name: Name,
  event: KeyManagerEvents[Name],
): LogLevel | undefined {
  return 'isFromStore' in event ? 'info' : logLevels[name];
}

type Messages = { readonly [Name in KeyManagerEventName]?: (event: KeyManagerEvents[Name]) => string | undefined };

function ordinal({ ordinal: number, total }: KeyRef): string {
  return `${number}/${total}`;
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`;
}

function elsewhere({ isFromStore }: { readonly isFromStore?: true }, locale: Locale): string {
  if (!isFromStore) return '';
  return locale === 'en' ? ', found out elsewhere' : ', descoberto em outro lugar';
}

function time(ms: number | undefined): string {
  return ms === undefined ? '' : new Date(ms).toISOString();
}

// The call's first attempt is announced by "Using key" alone.
const messages: Readonly<Record<Locale, Messages>> = {
  en: {
    'key.selected': ({ key }) => `Using key ${ordinal(key)}`,
    'attempt.started': ({ isFirst, attemptNumber, maxRetries, key }) =>
      isFirst ? undefined : `Attempt ${attemptNumber}/${maxRetries} with key ${ordinal(key)}`,
    'attempt.failed': ({ attemptNumber, maxRetries, message }) =>
      `Error on attempt ${attemptNumber}/${maxRetries}: ${message}`,
    'call.fell-over': ({ key }) => `Key ${ordinal(key)} failed. Trying next key...`,
    'key.suspected': ({ key, untilMs }) => `Key ${ordinal(key)} is suspect until ${time(untilMs)}`,
    'key.cooled-down': ({ key, untilMs, reason, ...from }) =>
      `Key ${ordinal(key)} is cooling until ${time(untilMs)} (${reason})${elsewhere(from, 'en')}`,
    'key.disabled': ({ key, reason, ...from }) => `Key ${ordinal(key)} is disabled (${reason})${elsewhere(from, 'en')}`,
    'key.recovered': ({ key, ...from }) => `Key ${ordinal(key)} has recovered${elsewhere(from, 'en')}`,
    'call.succeeded': ({ key }) => `Success with key ${ordinal(key)}`,
    'call.aborted': () => 'Aborted by the caller',
    'budget.exhausted': () => 'Too many retries lately. Going on without them',
    'store.failed': ({ store, message }) => `The ${store} store is away, going on without it: ${message}`,
    'store.recovered': ({ store }) => `The ${store} store is back`,
    'keys.exhausted': ({ attempts, isBudgetSpent, reason, retryAfterMs }) =>
      `${isBudgetSpent ? 'Given up' : attempts > 0 ? 'All keys failed' : 'No key can be used now'} (${reason})` +
      (retryAfterMs === undefined ? '' : `. The first one is back in ${seconds(retryAfterMs)}`),
  },
  'pt-BR': {
    'key.selected': ({ key }) => `Usando chave ${ordinal(key)}`,
    'attempt.started': ({ isFirst, attemptNumber, maxRetries, key }) =>
      isFirst ? undefined : `Tentativa ${attemptNumber}/${maxRetries} com chave ${ordinal(key)}`,
    'attempt.failed': ({ attemptNumber, maxRetries, message }) =>
      `Erro na tentativa ${attemptNumber}/${maxRetries}: ${message}`,
    'call.fell-over': ({ key }) => `Chave ${ordinal(key)} falhou. Tentando próxima chave...`,
    'key.suspected': ({ key, untilMs }) => `Chave ${ordinal(key)} sob suspeita até ${time(untilMs)}`,
    'key.cooled-down': ({ key, untilMs, reason, ...from }) =>
      `Chave ${ordinal(key)} em espera até ${time(untilMs)} (${reason})${elsewhere(from, 'pt-BR')}`,
    'key.disabled': ({ key, reason, ...from }) =>
      `Chave ${ordinal(key)} desativada (${reason})${elsewhere(from, 'pt-BR')}`,
    'key.recovered': ({ key, ...from }) => `Chave ${ordinal(key)} recuperada${elsewhere(from, 'pt-BR')}`,
    'call.succeeded': ({ key }) => `Sucesso com chave ${ordinal(key)}`,
    'call.aborted': () => 'Interrompido por quem chamou',
    'budget.exhausted': () => 'Novas tentativas demais. Seguindo sem elas',
    'store.failed': ({ store, message }) => `O armazenamento ${store} não responde, seguindo sem ele: ${message}`,
    'store.recovered': ({ store }) => `O armazenamento ${store} voltou`,
    'keys.exhausted': ({ attempts, isBudgetSpent, reason, retryAfterMs }) =>
      `${isBudgetSpent ? 'Desistiu' : attempts > 0 ? 'Todas as chaves falharam' : 'Nenhuma chave pode ser usada agora'} (${reason})` +
      (retryAfterMs === undefined ? '' : `. A primeira volta em ${seconds(retryAfterMs)}`),
  },
};

/** The log line of an event, without its level; `undefined` when the event is not worth one. */
export function logMessage<Name extends KeyManagerEventName>(
  locale: Locale,
  displayName: string,
  name: Name,
  event: KeyManagerEvents[Name],
): string | undefined {
  const text = messages[locale][name]?.(event);
  return text === undefined ? undefined : `${displayName}: ${text}`;
}
