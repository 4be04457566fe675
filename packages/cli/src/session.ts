import type { Locale } from '@api-key-fallback/core';
import type { Io } from './io.ts';
import type { Output } from './output/output.ts';
import type { Config } from './project/config.ts';
import type { Settings } from './settings.ts';
import type { Texts } from './texts/texts.ts';

/** The exit codes of the program. */
export type ExitCode = 0 | 1 | 2 | 130;

/** What a command has while it runs. */
export interface Session {
  readonly io: Io;
  /** The options that all commands have, after flag, environment, configuration and default. */
  readonly settings: Settings;
  /** The default export of the configuration file; empty without one. */
  readonly config: Config;
  /** The path of the configuration file. */
  readonly configFile?: string;
  readonly locale: Locale;
  readonly texts: Texts;
  readonly output: Output;
}

/** What a command has when it is set up. */
export interface CommandContext {
  /** In the language of the flag or the environment, for the help. A running command uses those of its session. */
  readonly texts: Texts;
  /**
   * Wraps what a command does. `run` gets the session, then what commander passes: the arguments, and last the command's own options.
   * Its exit code becomes that of the program; none is 0.
   */
  readonly action: (
    run: (session: Session, ...args: never) => Promise<ExitCode | void>,
  ) => (...args: unknown[]) => Promise<void>;
}
