import { shown } from '../base/check-arguments.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { redactor } from '../base/redaction.ts';
import { safely } from '../base/safely.ts';
import type { EnvFileOptions } from '../env/environment.ts';
import { setting } from '../env/settings.ts';
import { configuredLogger, defaultLogger } from './default-logger.ts';
import type { EventOrigin, KeyManagerEventName, KeyManagerEvents } from './events.ts';
import { fieldsOf, type LogFields } from './log-fields.ts';
import { levelOf, logLevels, logMessage, type Locale, type LogLevel } from './log-messages.ts';
import { checkLogger, type Logger } from './logger.ts';

/** Options of the log: the logger, the level and the language. */
export interface LogOptions {
  /** Receives the log lines; `false` disables the log. @default that of `setDefaultLogger()`, else winston, writing to stderr */
  readonly logger?: Logger | false;
  /** The lowest level that is logged; `silent` logs nothing. @default API_KEY_FALLBACK_LOG_LEVEL, or 'info' if that is not set */
  readonly logLevel?: LogLevel | 'silent';
  /** The language of the log lines. @default API_KEY_FALLBACK_LOCALE, or 'en' if that is not set */
  readonly locale?: Locale;
}

const levels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
const locales = ['en', 'pt-BR'] as const;

function choose<T extends string>(choices: readonly T[], name: string, value: string): T {
  const chosen = choices.find((choice) => choice === value);
  if (chosen !== undefined) return chosen;
  throw new InvalidOptionsError(`"${name}" must be one of ${choices.join(', ')}; it is ${shown(value)}.`);
}

/** Writes events as log lines, filtered by level. */
export class EventLog {
  readonly #origin: EventOrigin;
  readonly #displayName: string;
  readonly #logger: Logger | undefined;
  readonly #isOff: boolean;
  /** The language of the lines. */
  readonly locale: Locale;
  readonly #minLevel: number;

  constructor(origin: EventOrigin, displayName: string, options: LogOptions & EnvFileOptions) {
    const { logger, logLevel, locale } = options;
    this.#origin = origin;
    this.#displayName = displayName;
    this.#isOff = logger === false;
    if (logger) this.#logger = checkLogger(logger);
    this.locale =
      locale === undefined
        ? choose(locales, 'API_KEY_FALLBACK_LOCALE', setting('API_KEY_FALLBACK_LOCALE', options) ?? 'en')
        : choose(locales, 'locale', locale);
    const minLevel =
      logLevel === undefined
        ? choose(levels, 'API_KEY_FALLBACK_LOG_LEVEL', setting('API_KEY_FALLBACK_LOG_LEVEL', options) ?? 'info')
        : choose(levels, 'logLevel', logLevel);
    this.#minLevel = levels.indexOf(minLevel);
  }

  /** Whether the options allow a line for this event. */
  mayWrite(name: KeyManagerEventName): boolean {
    const level = logLevels[name];
    return this.#isAllowed(level === 'debug' ? 'info' : level);
  }

  /** Whether the options and the logger's current level allow a line for this event. */
  willWrite(name: KeyManagerEventName): boolean {
    return this.mayWrite(name) && (this.#isEnabled('info') || this.#isEnabled(logLevels[name] ?? 'info'));
  }

  write<Name extends KeyManagerEventName>(name: Name, event: KeyManagerEvents[Name]): void {
    const level = levelOf(name, event);
    if (!this.#isAllowed(level) || !this.#isEnabled(level)) return;
    const line = logMessage(this.locale, this.#displayName, name, event);
    if (line !== undefined) this.#writeLine(level, line, fieldsOf(name, event));
  }

  warn(text: string): void {
    if (!this.#isAllowed('warn') || !this.#isEnabled('warn')) return;
    const line = redactor.redact(`${this.#displayName}: ${text}`);
    this.#writeLine('warn', line, fieldsOf('warning', this.#origin));
  }

  #isAllowed(level: LogLevel | undefined): level is LogLevel {
    return level !== undefined && !this.#isOff && levels.indexOf(level) >= this.#minLevel;
  }

  #isEnabled(level: LogLevel): boolean {
    try {
      return (this.#logger ?? configuredLogger())?.isLevelEnabled?.(level) ?? true;
    } catch {
      return false;
    }
  }

  #writeLine(level: LogLevel, line: string, fields: LogFields): void {
    safely(() => {
      const logger = this.#logger ?? defaultLogger();
      if (isPino(logger)) return logger[level](fields, line);
      return isConsole(logger) ? logger[level](line) : logger[level](line, fields);
    });
  }
}

/** Pino takes the fields before the text, and drops an object after it. */
function isPino(logger: object): logger is Readonly<Record<LogLevel, (fields: LogFields, line: string) => unknown>> {
  return 'bindings' in logger && typeof logger.bindings === 'function';
}

/** A console would print the fields behind each line. */
function isConsole(logger: object): boolean {
  return 'table' in logger && typeof logger.table === 'function';
}
