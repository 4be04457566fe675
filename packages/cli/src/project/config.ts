import type { ApiKeyManager, KeyStateStore, Locale } from '@api-key-fallback/core';
import type { WatchKeysOptions } from '@api-key-fallback/alerts';
import type { DashboardOptions } from '@api-key-fallback/dashboard';
import type { Format } from '../output/format.ts';

/** The default export of `api-key-fallback.config.ts`. Flags and environment variables come before it. */
export interface Config {
  /**
   * The key managers of the service, or a function that makes them with the store of the command line. Those of the registry count too,
   * and the keys of the environment of all other providers. @default none
   */
  readonly managers?: readonly ApiKeyManager[] | ((options: ManagerContext) => readonly ApiKeyManager[]);
  /** The store in which the processes of the service share the state of their keys. @default a `FileStore` in API_KEY_STATE_DIR */
  readonly store?: KeyStateStore;
  /** The providers to look at. @default all */
  readonly providers?: readonly string[];
  /** Where alerts are sent, for `alerts test`. @default none */
  readonly channels?: WatchKeysOptions['channels'];
  /** What the dashboard shows, for `dashboard`. */
  readonly dashboard?: Pick<DashboardOptions, 'title' | 'environment' | 'readOnly' | 'allowedHosts'>;
  /** The language. @default 'en' */
  readonly locale?: Locale;
  /** How results are written. @default 'table' */
  readonly format?: Format;
}

/** What the `managers` of a configuration receive. */
export interface ManagerContext {
  /** The store that the flags, the environment or the configuration name; absent without one. */
  readonly store?: KeyStateStore;
  /** No log, because the commands say themselves what happens, and `watch` draws on the whole terminal. */
  readonly logger: false;
}

/**
 * Returns the configuration as it is, with its type checked.
 *
 * @example
 * // api-key-fallback.config.ts
 * import { OpenAIKeyManager } from '@api-key-fallback/openai';
 * import { defineConfig } from 'api-key-fallback';
 *
 * export default defineConfig({
 *   managers: (options) => [OpenAIKeyManager.fromEnv({ ...options, strategy: 'round-robin' })],
 * });
 */
export function defineConfig(config: Config): Config {
  return config;
}
