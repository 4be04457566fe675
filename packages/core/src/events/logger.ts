import { InvalidOptionsError } from '../base/errors.ts';
import type { LogFields } from './log-fields.ts';
import type { LogLevel } from './log-messages.ts';

/**
 * Receives log lines: winston, pino, `console` or any object with these methods.
 *
 * Each line comes with its `LogFields` as the second argument; pino gets them first, as it expects them, and `console` gets the text
 * alone.
 *
 * @example
 * const keys = OpenAIKeyManager.fromEnv({ logger: console });
 */
export interface Logger {
  debug(message: string, fields?: LogFields): unknown;
  info(message: string, fields?: LogFields): unknown;
  warn(message: string, fields?: LogFields): unknown;
  error(message: string, fields?: LogFields): unknown;
  /** Whether the logger writes lines of this level. If present, it is called before a line is built. */
  isLevelEnabled?(level: LogLevel): boolean;
}

/** @throws InvalidOptionsError unless the logger has all methods. */
export function checkLogger(logger: Logger): Logger {
  for (const method of ['debug', 'info', 'warn', 'error'] as const) {
    if (typeof logger[method] !== 'function') {
      throw new InvalidOptionsError(`"logger" needs the methods debug, info, warn and error; ${method} is missing.`);
    }
  }
  return logger;
}
