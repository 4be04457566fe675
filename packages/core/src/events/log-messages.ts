import { defaultPool } from '../base/provider-name.ts';
import type { KeyRef } from './key-ref.ts';
import type { EventOrigin, KeyManagerEventName, KeyManagerEvents } from './events.ts';

/** The levels of log lines, from the least to the most severe. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** The languages of the log lines. */
export type Locale = 'en' | 'pt-BR';

/** The level of each event's log line, the highest one if it depends on the event. Events without a level are not logged. */
export const logLevels: Readonly<Partial<Record<KeyManagerEventName, LogLevel>>> = {
  'key.selected': 'info',
  'attempt.started': 'info',
  'attempt.failed': 'warn',
  'call.fell-over': 'warn',
  'key.suspected': 'debug',
  'key.cooled-down': 'debug',
  'key.disabled': 'debug',
  'key.preferred': 'info',
  'key.preference-ended': 'info',
  'key.limited': 'debug',
  'key.recovered': 'info',
  'key.checked': 'warn',
  'call.succeeded': 'info',
  'call.aborted': 'info',
  'budget.exhausted': 'warn',
  'store.failed': 'warn',
  'store.recovered': 'info',
  'keys.changed': 'info',
  'keys.refresh-failed': 'warn',
  'keys.refreshed': 'info',
  'keys.exhausted': 'error',
};

/**
 * The level of an event's log line. Changes from the store, and what an actor has done, are at `info`, because no other line explains
 * them. Exhausted keys are no error of a call that goes on in another pool. Of a check, a key that works is no news.
 */
export function levelOf<Name extends KeyManagerEventName>(
  name: Name,
  event: KeyManagerEvents[Name],
): LogLevel | undefined {
  if ('fallbackTo' in event) return 'warn';
  if ('outcome' in event) return event.outcome === 'refused' ? 'warn' : event.outcome === 'working' ? 'debug' : 'info';
  return 'isFromStore' in event || 'actor' in event ? 'info' : logLevels[name];
}

type Messages = { readonly [Name in KeyManagerEventName]?: (event: KeyManagerEvents[Name]) => string | undefined };

function ordinal({ ordinal: number, total }: KeyRef): string {
  return `${number}/${total}`;
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`;
}

function fromStore({ isFromStore }: { readonly isFromStore?: true }, locale: Locale): string {
  if (!isFromStore) return '';
  return locale === 'en' ? ', reported by another process' : ', segundo outro processo';
}

function by(actor: string | undefined, words: string): string {
  return actor === undefined ? '' : `${words} ${actor}`;
}

function inParentheses(reason: string | undefined): string {
  return reason === undefined ? '' : ` (${reason})`;
}

function shownOrigin({ provider, pool }: EventOrigin): string {
  return pool === defaultPool ? provider : `${provider} (${pool})`;
}

function isoTime(ms: number | undefined): string {
  return ms === undefined ? '' : new Date(ms).toISOString();
}

const portugueseSources: Readonly<Record<KeyManagerEvents['key.limited']['source'], string>> = {
  configured: 'configurado',
  header: 'cabeçalho',
  documented: 'documentado',
};

const portugueseOutcomes: Readonly<Record<KeyManagerEvents['key.checked']['outcome'], string>> = {
  working: 'funciona',
  refused: 'recusada',
  inconclusive: 'inconclusiva',
};

// "Using key" alone announces the first attempt of a call.
const messages: Readonly<Record<Locale, Messages>> = {
  en: {
    'key.selected': ({ key }) => `Using key ${ordinal(key)}`,
    'attempt.started': ({ isFirst, attemptNumber, maxRetries, key }) =>
      isFirst ? undefined : `Attempt ${attemptNumber}/${maxRetries} with key ${ordinal(key)}`,
    'attempt.failed': ({ attemptNumber, maxRetries, message }) =>
      `Error on attempt ${attemptNumber}/${maxRetries}: ${message}`,
    'call.fell-over': ({ key }) => `Key ${ordinal(key)} failed. Trying next key...`,
    'key.suspected': ({ key, untilMs }) => `Key ${ordinal(key)} is suspect until ${isoTime(untilMs)}`,
    'key.cooled-down': ({ key, untilMs, reason, ...event }) =>
      `Key ${ordinal(key)} is cooling until ${isoTime(untilMs)} (${reason})${fromStore(event, 'en')}`,
    'key.disabled': ({ key, reason, actor, ...event }) =>
      `Key ${ordinal(key)} is disabled${by(actor, ' by')} (${reason})${fromStore(event, 'en')}`,
    'key.preferred': ({ key, untilMs, actor }) =>
      `Key ${ordinal(key)} comes first${untilMs === undefined ? '' : ` until ${isoTime(untilMs)}`}${by(actor, ', chosen by')}`,
    'key.preference-ended': ({ key, actor }) => `Key ${ordinal(key)} no longer comes first${by(actor, ', ended by')}`,
    'key.limited': ({ key, untilMs, limit, source }) =>
      `Key ${ordinal(key)} has no room until ${isoTime(untilMs)} (${limit}, ${source})`,
    'key.recovered': ({ key, action, actor, ...event }) =>
      `Key ${ordinal(key)} has recovered${by(actor, action === 'enable' ? ', enabled by' : ', reset by')}${fromStore(event, 'en')}`,
    'key.checked': ({ key, outcome, reason, latencyMs, actor }) =>
      `Check of key ${ordinal(key)}${by(actor, ' by')}: ${outcome}${inParentheses(reason)}, ${latencyMs} ms`,
    'call.succeeded': ({ key }) => `Success with key ${ordinal(key)}`,
    'call.aborted': () => 'Aborted by the caller',
    'budget.exhausted': () => 'Retry budget spent. Continuing without retries',
    'store.failed': ({ store, message }) => `The ${store} store is unavailable. Continuing without it: ${message}`,
    'store.recovered': ({ store }) => `The ${store} store is back`,
    'keys.changed': ({ added, removed, kept }) =>
      `Keys changed: ${added.length} added, ${removed.length} removed, ${kept.length} kept`,
    'keys.refresh-failed': ({ source, message, keysLeft }) =>
      `Keys cannot be loaded from ${source}${keysLeft > 0 ? '. Continuing with the last ones' : ''}: ${message}`,
    'keys.refreshed': ({ source }) => `Keys are loaded from ${source} again`,
    'keys.exhausted': ({ attempts, isBudgetSpent, reason, retryAfterMs, ...event }) =>
      `${isBudgetSpent ? 'Gave up' : attempts > 0 ? 'All keys failed' : 'No key is available'} (${reason})` +
      (retryAfterMs === undefined ? '' : `. The first one is back in ${seconds(retryAfterMs)}`) +
      (event.fallbackTo ? `. Continuing with ${shownOrigin(event.fallbackTo)}` : ''),
  },
  'pt-BR': {
    'key.selected': ({ key }) => `Usando chave ${ordinal(key)}`,
    'attempt.started': ({ isFirst, attemptNumber, maxRetries, key }) =>
      isFirst ? undefined : `Tentativa ${attemptNumber}/${maxRetries} com chave ${ordinal(key)}`,
    'attempt.failed': ({ attemptNumber, maxRetries, message }) =>
      `Erro na tentativa ${attemptNumber}/${maxRetries}: ${message}`,
    'call.fell-over': ({ key }) => `Chave ${ordinal(key)} falhou. Tentando próxima chave...`,
    'key.suspected': ({ key, untilMs }) => `Chave ${ordinal(key)} sob suspeita até ${isoTime(untilMs)}`,
    'key.cooled-down': ({ key, untilMs, reason, ...event }) =>
      `Chave ${ordinal(key)} em espera até ${isoTime(untilMs)} (${reason})${fromStore(event, 'pt-BR')}`,
    'key.disabled': ({ key, reason, actor, ...event }) =>
      `Chave ${ordinal(key)} desativada${by(actor, ' por')} (${reason})${fromStore(event, 'pt-BR')}`,
    'key.preferred': ({ key, untilMs, actor }) =>
      `Chave ${ordinal(key)} tem prioridade${untilMs === undefined ? '' : ` até ${isoTime(untilMs)}`}${by(actor, ', escolhida por')}`,
    'key.preference-ended': ({ key, actor }) =>
      `Chave ${ordinal(key)} não tem mais prioridade${by(actor, ', retirada por')}`,
    'key.limited': ({ key, untilMs, limit, source }) =>
      `Chave ${ordinal(key)} no limite até ${isoTime(untilMs)} (${limit}, ${portugueseSources[source]})`,
    'key.recovered': ({ key, action, actor, ...event }) =>
      `Chave ${ordinal(key)} recuperada${by(actor, action === 'enable' ? ', ativada por' : ', reiniciada por')}${fromStore(event, 'pt-BR')}`,
    'key.checked': ({ key, outcome, reason, latencyMs, actor }) =>
      `Verificação da chave ${ordinal(key)}${by(actor, ' por')}: ${portugueseOutcomes[outcome]}${inParentheses(reason)}, ${latencyMs} ms`,
    'call.succeeded': ({ key }) => `Sucesso com chave ${ordinal(key)}`,
    'call.aborted': () => 'Chamada cancelada pela aplicação',
    'budget.exhausted': () => 'Limite de novas tentativas atingido. Continuando sem novas tentativas',
    'store.failed': ({ store, message }) =>
      `O armazenamento ${store} está indisponível. Continuando sem ele: ${message}`,
    'store.recovered': ({ store }) => `O armazenamento ${store} voltou a responder`,
    'keys.changed': ({ added, removed, kept }) =>
      `Lista de chaves alterada: ${added.length} novas, ${removed.length} removidas, ${kept.length} mantidas`,
    'keys.refresh-failed': ({ source, message, keysLeft }) =>
      `Não foi possível ler as chaves de ${source}${keysLeft > 0 ? '. Continuando com as últimas' : ''}: ${message}`,
    'keys.refreshed': ({ source }) => `As chaves voltaram a ser lidas de ${source}`,
    'keys.exhausted': ({ attempts, isBudgetSpent, reason, retryAfterMs, ...event }) =>
      `${isBudgetSpent ? 'Chamada abandonada' : attempts > 0 ? 'Todas as chaves falharam' : 'Nenhuma chave disponível'} (${reason})` +
      (retryAfterMs === undefined ? '' : `. A primeira volta a ficar disponível em ${seconds(retryAfterMs)}`) +
      (event.fallbackTo ? `. Continuando com ${shownOrigin(event.fallbackTo)}` : ''),
  },
};

/** Returns the log line of an event, without its level; `undefined` if the event has none. */
export function logMessage<Name extends KeyManagerEventName>(
  locale: Locale,
  displayName: string,
  name: Name,
  event: KeyManagerEvents[Name],
): string | undefined {
  const text = messages[locale][name]?.(event);
  return text === undefined ? undefined : `${displayName}: ${text}`;
}
