import { resolve } from 'node:path';
import type { Locale } from '@api-key-fallback/core';
import type { Command } from 'commander';
import type { Io } from './io.ts';
import { option } from './option.ts';
import { formats, type Format } from './output/format.ts';
import type { Config } from './project/config.ts';
import type { ProgramTexts } from './texts/english/program.ts';

/** The options that all commands have. */
export interface Settings {
  /** The directory of the project. */
  readonly directory: string;
  readonly format: Format;
  readonly hasColor: boolean;
  readonly locale: Locale;
  /** The providers to look at; empty for all. */
  readonly providers: readonly string[];
  readonly redis?: string;
  readonly stateDirectory?: string;
  readonly isDebug: boolean;
}

/** The options of the program as commander reads them, from flags or variables. */
export interface GlobalOptions {
  readonly config?: string;
  readonly cwd?: string;
  readonly json?: true;
  readonly format?: Format;
  readonly color?: boolean;
  readonly lang?: Locale;
  readonly redis?: string;
  readonly stateDir?: string;
  readonly provider?: readonly string[];
  readonly debug?: true;
}

export const locales: readonly Locale[] = ['en', 'pt-BR'];

/** Adds the options that all commands have. */
export function addGlobalOptions(program: Command, texts: ProgramTexts): void {
  program
    .addOption(option('--config <file>', texts.options.config))
    .addOption(option('--cwd <directory>', texts.options.cwd))
    .addOption(option('--provider <name>', texts.options.provider).argParser(addNames))
    .addOption(option('--redis <url>', texts.options.redis))
    .addOption(option('--state-dir <directory>', texts.options.stateDir, 'API_KEY_STATE_DIR'))
    .addOption(option('--json', texts.options.json))
    .addOption(option('--format <format>', texts.options.format).choices(formats))
    .addOption(option('--color', texts.options.color))
    .addOption(option('--no-color', texts.options.noColor, 'NO_COLOR'))
    .addOption(option('--lang <language>', texts.options.lang, 'API_KEY_FALLBACK_LOCALE').choices([...locales]))
    .addOption(option('--debug', texts.options.debug));
}

function addNames(value: string, before: readonly string[] = []): readonly string[] {
  const names = value.split(/[\s,]+/).filter((name) => name !== '');
  return [...before, ...names];
}

/**
 * Decides the options. A flag comes before its variable, which commander has done, then the configuration, then the `.env*` files, of which
 * `variables` are, then the default.
 */
export function decideSettings(
  options: GlobalOptions,
  config: Config,
  variables: Readonly<Record<string, string>>,
  io: Io,
): Settings {
  const inFile = locales.find((locale) => locale === variables['API_KEY_FALLBACK_LOCALE']);
  const { redis, stateDir } = options;
  return {
    directory: directoryOf(options, io),
    format: options.json ? 'json' : (options.format ?? config.format ?? 'table'),
    hasColor: options.color ?? hasColorByDefault(io),
    locale: options.lang ?? config.locale ?? inFile ?? 'en',
    providers: options.provider ?? config.providers ?? [],
    isDebug: options.debug ?? false,
    ...(redis === undefined ? {} : { redis }),
    ...(stateDir === undefined ? {} : { stateDirectory: stateDir }),
  };
}

/** The directory of the project, which is known before its configuration is. */
export function directoryOf({ cwd = '.' }: GlobalOptions, io: Io): string {
  return resolve(io.cwd, cwd);
}

/** The language of the help, which is written before the options are read. */
export function localeOf(argv: readonly string[], env: NodeJS.ProcessEnv): Locale {
  const index = argv.findIndex((argument) => argument === '--lang' || argument.startsWith('--lang='));
  const flag = argv[index]?.includes('=') ? argv[index].slice('--lang='.length) : argv[index + 1];
  const wanted = index < 0 ? env['API_KEY_FALLBACK_LOCALE'] : flag;
  return locales.find((locale) => locale === wanted) ?? 'en';
}

function hasColorByDefault({ env, stdout }: Io): boolean {
  // https://no-color.org and https://force-color.org
  if (env['NO_COLOR']) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return !['0', 'false'].includes(forced);
  return stdout.isTTY === true && env['TERM'] !== 'dumb';
}
