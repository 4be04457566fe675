import { InvalidOptionsError } from '../base/errors.ts';
import { readField } from '../base/read-field.ts';
import { checkLogger, type Logger } from './logger.ts';
import { createWinstonLogger } from './winston-logger.ts';

const slot = Symbol.for('@api-key-fallback/core/default-loggers@1');

/** All copies of this package share this list. Its last logger is used. */
const loggers: { readonly logger: Logger }[] = ((globalThis as { [slot]?: { readonly logger: Logger }[] })[slot] ??=
  []);

let winston: Logger | undefined;

/**
 * Sets the logger of all key managers that have no `logger` of their own, in place of winston. Applies to existing managers too.
 * Returns a function that removes the logger again.
 *
 * @throws InvalidOptionsError for anything but a logger. To disable a log, pass `logger: false` to its manager.
 * @example
 * setDefaultLogger(pino());
 */
export function setDefaultLogger(logger: Logger): () => void {
  if (typeof readField(logger, 'info') !== 'function') {
    throw new InvalidOptionsError('setDefaultLogger() expects a logger with the methods debug, info, warn and error.');
  }
  const entry = { logger: checkLogger(logger) };
  loggers.push(entry);
  return () => {
    const index = loggers.indexOf(entry);
    if (index >= 0) loggers.splice(index, 1);
  };
}

/** The logger that `setDefaultLogger()` has set. */
export function configuredLogger(): Logger | undefined {
  return loggers.at(-1)?.logger;
}

/** The logger of managers that have none of their own. */
export function defaultLogger(): Logger {
  return configuredLogger() ?? (winston ??= createWinstonLogger());
}
