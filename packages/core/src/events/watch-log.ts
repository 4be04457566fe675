import { defaultPool } from '../base/provider-name.ts';
import { EventLog, type LogOptions } from './event-log.ts';
import type { Locale } from './log-messages.ts';

/** Writes the lines of a package that watches key managers: redacted, and where those of the managers go. */
export interface WatchLog {
  /** The language of its lines, and of other texts for people. */
  readonly locale: Locale;
  /** Writes one line. */
  warn(text: string): void;
}

/**
 * Opens the log of a package that watches key managers.
 *
 * @param name What each line begins with, for example `Alerts`.
 * @throws InvalidOptionsError for an invalid option.
 * @example
 * const log = openWatchLog('Alerts', { logger: console });
 * log.warn('The channel slack cannot be reached.');
 */
export function openWatchLog(name: string, options: LogOptions): WatchLog {
  return new EventLog({ provider: name, pool: defaultPool }, name, options);
}
