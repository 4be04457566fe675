import type { LogLevel } from './log-messages.ts';

/**
 * Receives log lines: winston, pino, `console` or any object with these methods.
 *
 * @example
 * const keys = OpenAIKeyManager.fromEnv({ logger: console });
 */
export interface Logger {
  debug(message: string): unknown;
  info(message: string): unknown;
  warn(message: string): unknown;
  error(message: string): unknown;
  /** Whether the logger writes lines of this level. If present, it is called before a line is built. */
  isLevelEnabled?(level: LogLevel): boolean;
}
