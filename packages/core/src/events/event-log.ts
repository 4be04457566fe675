import { InvalidOptionsError } from '../base/errors.ts';
import { redactor } from '../base/redaction.ts';
import { safely } from '../base/safely.ts';
import type { KeyManagerEventName, KeyManagerEvents } from './events.ts';
import { levelOf, logLevels, logMessage, type Locale, type LogLevel } from './log-messages.ts';
import type { Logger } from './logger.ts';
import { createWinstonLogger } from './winston-logger.ts';

/** Where log lines go, which ones, and in which language. */
export interface LogOptions {
  /** `false` logs nothing. @default winston on the console */
  readonly logger?: Logger | false;
  /** The least level that is logged. @default API_KEY_FALLBACK_LOG_LEVEL, else 'info' */
  readonly logLevel?: LogLevel | 'silent';
  /** The language of the log. @default API_KEY_FALLBACK_LOCALE, else 'en' */
  readonly locale?: Locale;
}

const levels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
const locales = ['en', 'pt-BR'] as const;

let sharedLogger: Logger | undefined;

function choose<T extends string>(choices: readonly T[], name: string, value: string): T {
  const chosen = choices.find((choice) => choice === value);
  if (chosen !== undefined) return chosen;
  throw new InvalidOptionsError(`"${name}" must be one of ${choices.join(', ')}; it is ${JSON.stringify(value)}.`);
}

/** Writes events as lines in plain words, each only if its level is on. */
export class EventLog {
  readonly #displayName: string;
  readonly #logger: Logger | undefined;
  readonly #isOff: boolean;
  readonly #locale: Locale;
  readonly #leastLevel: number;

  constructor(displayName: string, { logger, logLevel, locale }: LogOptions) {
    const { API_KEY_FALLBACK_LOG_LEVEL, API_KEY_FALLBACK_LOCALE } = process.env;
    this.#displayName = displayName;
    this.#isOff = logger === false;
    if (logger) this.#logger = checkLogger(logger);
    this.#locale =
      locale === undefined
        ? choose(locales, 'API_KEY_FALLBACK_LOCALE', API_KEY_FALLBACK_LOCALE || 'en')
        : choose(locales, 'locale', locale);
    const leastLevel =
      logLevel === undefined
        ? choose(levels, 'API_KEY_FALLBACK_LOG_LEVEL', API_KEY_FALLBACK_LOG_LEVEL || 'info')
        : choose(levels, 'logLevel', logLevel);
    this.#leastLevel = levels.indexOf(leastLevel);
  }

  /** Whether a line of this event may be written, as far as the options say. */
  mayWrite(name: KeyManagerEventName): boolean {
    const level = logLevels[name];
    return this.#isWritten(level === 'debug' ? 'info' : level);
  }

  /** Whether a line of this event may be written now, as far as the logger says, too. */
  willWrite(name: KeyManagerEventName): boolean {
    return this.mayWrite(name) && (this.#isEnabled('info') || this.#isEnabled(logLevels[name] ?? 'info'));
  }

  write<Name extends KeyManagerEventName>(name: Name, event: KeyManagerEvents[Name]): void {
    const level = levelOf(name, event);
    if (!this.#isWritten(level) || !this.#isEnabled(level)) return;
    const line = logMessage(this.#locale, this.#displayName, name, event);
    if (line !== undefined) this.#put(level, line);
  }

  warn(text: string): void {
    if (this.#isWritten('warn') && this.#isEnabled('warn'))
      this.#put('warn', redactor.redact(`${this.#displayName}: ${text}`));
  }

  #isWritten(level: LogLevel | undefined): level is LogLevel {
    return level !== undefined && !this.#isOff && levels.indexOf(level) >= this.#leastLevel;
  }

  #isEnabled(level: LogLevel): boolean {
    try {
      return this.#logger?.isLevelEnabled?.(level) ?? true;
    } catch {
      return false;
    }
  }

  #put(level: LogLevel, line: string): void {
    safely(() => (this.#logger ?? (sharedLogger ??= createWinstonLogger()))[level](line));
  }
}

function checkLogger(logger: Logger): Logger {
  for (const method of ['debug', 'info', 'warn', 'error'] as const) {
    if (typeof logger[method] !== 'function') {
      throw new InvalidOptionsError(`"logger" needs the methods debug, info, warn and error; ${method} is missing.`);
    }
  }
  return logger;
}
