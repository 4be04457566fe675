import { createRequire } from 'node:module';
import type * as Winston from 'winston';
import type { Logger } from './logger.ts';

const labels: Readonly<Record<string, string>> = { debug: 'DEBUG', info: 'INFO', warn: 'WARNING', error: 'ERROR' };

/** Creates the default logger: winston, writing lines such as `INFO: OpenAI: Using key 1/4` to the console. */
export function createWinstonLogger(): Logger {
  // Loaded at first use: winston would take most of the import time of this package.
  const require = createRequire(import.meta.url);
  const { createLogger, format, transports } = require('winston') as typeof Winston;
  return createLogger({
    level: 'debug',
    format: format.printf(({ level, message }) => `${labels[level] ?? level}: ${String(message)}`),
    transports: [new transports.Console()],
  });
}
