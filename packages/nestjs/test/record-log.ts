import type { LoggerService } from '@nestjs/common';

/** A logger of Nest that records its lines as `level [context] message`. */
export class RecordedLog implements LoggerService {
  readonly lines: string[] = [];
  /** What it got, for a search in all of it. */
  readonly all: unknown[][] = [];

  log = this.#write('log');
  error = this.#write('error');
  warn = this.#write('warn');
  debug = this.#write('debug');
  verbose = this.#write('verbose');

  /** The lines of this library. */
  get ours(): string[] {
    return this.lines.filter((line) => line.includes('[ApiKeyFallback]'));
  }

  #write(level: string): (message: unknown, ...rest: unknown[]) => void {
    return (message, ...rest) => {
      this.all.push([message, ...rest]);
      this.lines.push(`${level} [${String(rest.at(-1))}] ${String(message)}`);
    };
  }
}
