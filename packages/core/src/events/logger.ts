import type { LogLevel } from './log-messages.ts';

/** Where log lines go: winston, pino, `console` or anything with these methods. */
export interface Logger {
  debug(message: string): unknown;
  info(message: string): unknown;
  warn(message: string): unknown;
  error(message: string): unknown;
  /** Asked before a line is built, where the logger has it. */
  isLevelEnabled?(level: LogLevel): boolean;
}
