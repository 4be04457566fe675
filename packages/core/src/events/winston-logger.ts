import { safely } from '../base/safely.ts';
import type { LogFields } from './log-fields.ts';
import type { LogLevel } from './log-messages.ts';
import type { Logger } from './logger.ts';

const labels: Readonly<Record<string, string>> = { debug: 'DEBUG', info: 'INFO', warn: 'WARNING', error: 'ERROR' };

function textOf(level: string, message: unknown): string {
  return `${labels[level] ?? level}: ${String(message)}`;
}

type WriteLine = (level: LogLevel, message: string, fields?: LogFields) => unknown;

function writeToStderr(level: LogLevel, message: string): void {
  process.stderr.write(`${textOf(level, message)}\n`);
}

async function importWinston(): Promise<WriteLine> {
  try {
    const { createLogger, format, transports } = await import('winston');
    const logger = createLogger({
      level: 'debug',
      format: format.printf(({ level, message }) => textOf(level, message)),
      transports: [new transports.Console({ stderrLevels: Object.keys(labels) })],
    });
    return (level, message, fields) => logger[level](message, fields);
  } catch (error) {
    // A bundle can contain winston and still lack what it needs.
    const cause = error instanceof Error ? error.message : String(error);
    const text = `winston cannot be loaded (${cause}), so log lines go to stderr directly. Install winston, or pass a logger.`;
    process.emitWarning(text, { type: 'ApiKeyFallbackWarning', code: 'AKF_NO_WINSTON' });
    return writeToStderr;
  }
}

/**
 * Creates the default logger: winston, writing lines such as `INFO: OpenAI: Using key 1/4` to stderr.
 *
 * Winston is imported with the first line, because it would take most of the import time of this package. Until it is there, lines
 * wait in order. Without winston, and if the process ends before, they go to stderr directly.
 */
export function createWinstonLogger(): Logger {
  const waiting: Parameters<WriteLine>[] = [];
  let writeLine: WriteLine = waitForWinston;

  function waitForWinston(...line: Parameters<WriteLine>): void {
    if (waiting.push(line) > 1) return;
    const writeAtExit = () => writeWaiting(writeToStderr);
    process.once('exit', writeAtExit);
    void importWinston().then((write) => {
      process.removeListener('exit', writeAtExit);
      writeWaiting(write);
      writeLine = write;
    });
  }

  function writeWaiting(write: WriteLine): void {
    for (const line of waiting.splice(0)) safely(() => write(...line));
  }

  return {
    debug: (message, fields) => writeLine('debug', message, fields),
    info: (message, fields) => writeLine('info', message, fields),
    warn: (message, fields) => writeLine('warn', message, fields),
    error: (message, fields) => writeLine('error', message, fields),
  };
}
