import type { Io } from './io.ts';
import { Output } from './output/output.ts';
import { allVariables, readEnvFiles } from './project/env-files.ts';
import { loadConfig } from './project/load-config.ts';
import type { Session } from './session.ts';
import { decideSettings, directoryOf, type GlobalOptions } from './settings.ts';
import { textsOf } from './texts/texts-of.ts';

/** Reads the configuration and decides the options, for a command that begins. */
export async function openSession(io: Io, options: GlobalOptions): Promise<Session> {
  const directory = directoryOf(options, io);
  const { config, file } = await loadConfig(directory, options, textsOf[options.lang ?? 'en'].project);
  const variables = allVariables(readEnvFiles(directory, io.env), io.env);
  const settings = decideSettings(options, config, variables, io);
  return {
    io,
    settings,
    config,
    locale: settings.locale,
    texts: textsOf[settings.locale],
    output: new Output(io, settings),
    ...(file === undefined ? {} : { configFile: file }),
  };
}
