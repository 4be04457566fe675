import { resolve } from 'node:path';
import { errorMessage } from '../base/error-message.ts';
import { readEnvFiles, type EnvFileOptions, type Variables } from './environment.ts';

type SettingName = 'API_KEY_FALLBACK_LOG_LEVEL' | 'API_KEY_FALLBACK_LOCALE' | 'API_KEY_STATE_DIR';

/** Directory and name of the environment → variables. Kept, because each manager asks for several settings. */
const read = new Map<string, Variables>();

function fromFiles(options: EnvFileOptions): Variables {
  const { directory, environmentName = process.env['NODE_ENV'] } = options;
  const id = JSON.stringify([pathOf(directory), environmentName]);
  const known = read.get(id) ?? readOrWarn(options);
  read.set(id, known);
  return known;
}

function pathOf(directory = '.'): string | undefined {
  try {
    return resolve(directory);
  } catch {
    // The working directory was removed. Reading its files warns of that.
    return undefined;
  }
}

function readOrWarn(options: EnvFileOptions): Variables {
  try {
    return readEnvFiles(options).variables;
  } catch (error) {
    // Keys that are given in code need no file.
    const text = `The .env files have no effect on the settings: ${errorMessage(error)}`;
    process.emitWarning(text, { type: 'ApiKeyFallbackWarning', code: 'AKF_ENV_FILES' });
    return {};
  }
}

/**
 * A setting from the environment, else from the `.env*` files, which are read once in a process; `undefined` if it is not set or
 * empty.
 */
export function setting(name: SettingName, options: EnvFileOptions): string | undefined {
  return (process.env[name] ?? fromFiles(options)[name])?.trim() || undefined;
}
