import { Logger as NestLogger } from '@nestjs/common';
import type { Logger } from '@api-key-fallback/core';

/**
 * Makes a logger that writes with Nest's `Logger`, in the context `ApiKeyFallback`. The module sets it as the default one, so only a
 * manager with options of its own for the log needs it.
 *
 * @param options `fields` says whether Nest's logger gets the fields of each line too: good for a log in JSON, noisy for one in text.
 * @example
 * new OpenAIKeyManager(keys, { logger: nestLogger({ fields: true }), logLevel: 'debug' });
 */
export function nestLogger(options: { readonly fields?: boolean } = {}): Logger {
  const logger = new NestLogger('ApiKeyFallback');
  const levels = { debug: 'debug', info: 'log', warn: 'warn', error: 'error' } as const;
  const write =
    (level: keyof typeof levels): Logger['info'] =>
    (line, fields) =>
      options.fields === true ? logger[levels[level]](line, { ...fields }) : logger[levels[level]](line);
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    isLevelEnabled: (level) => NestLogger.isLevelEnabled(levels[level]),
  };
}
