import type { Config } from '../../project/config.ts';

const shapes: Readonly<Record<keyof Config, string>> = {
  managers: 'a list of key managers, or a function that returns one',
  store: "a store, such as new FileStore('.api-key-state')",
  providers: "a list of names, such as ['openai']",
  channels: 'a list of channels, such as [slack(url)]',
  dashboard: 'an object, such as { readOnly: true }',
  locale: "'en' or 'pt-BR'",
  format: "'table', 'json' or 'ndjson'",
};

/** What is said about the project: its configuration, keys, adapters and store. */
export const project = {
  noConfigFile: (file: string): string => `There is no file ${file}.`,
  configFails: (file: string, why: string): string => `${file} cannot be loaded: ${why}`,
  configIsNoObject: (file: string): string => `${file} must export an object: export default defineConfig({ … }).`,
  unknownConfigField: (file: string, name: string, known: string): string =>
    `${file} has an unknown field "${name}". Known: ${known}.`,
  wrongConfigField: (file: string, name: keyof Config): string => `${file}: "${name}" must be ${shapes[name]}.`,
  noDirectory: (path: string): string => `There is no directory ${path}.`,
  twoStores: 'Name one store: --redis (API_KEY_FALLBACK_REDIS) or --state-dir (API_KEY_STATE_DIR).',
  noRedisUrl: 'The address of a Redis server begins with redis:// or rediss://, for example redis://localhost:6379.',
  noRedisPackage: (line: string): string => `To use --redis, install its packages: ${line}`,
  storeAway: (kind: string): string =>
    `The ${kind} store cannot be reached, so nothing was read or written. Check its address, and that it runs.`,
  unknownProvider: (name: string, closest: string | undefined, known: string): string =>
    `There is no provider "${name}".${closest === undefined ? '' : ` Did you mean ${closest}?`} Known: ${known}.`,
  needsAddress: (name: string): string =>
    `only api-key-fallback.config.ts can name its address: openAICompatible('${name}', { baseURL }).createKeyManager()`,
  notInstalled: (displayName: string, keys: string, line: string): string =>
    `${displayName} has ${keys}, but no adapter. Install it: ${line}`,
  problem: (displayName: string, why: string): string => `${displayName} is left out: ${why}`,
  keyCount: (count: number): string => (count === 1 ? '1 key' : `${count} keys`),
  noKeys: (directory: string): string => `No API keys were found in ${directory}.`,
  lookedIn: (files: readonly string[]): string =>
    files.length === 0
      ? 'Looked at the environment of this process; there are no .env files.'
      : `Looked at the environment of this process and at ${files.join(', ')}.`,
  lookedFor: (variables: string): string =>
    `Looked for ${variables}, each also with _2, _3, … or as a list with S at the end.`,
  writeKeys: 'Write a key into a .env file, for example:',
  orInit: 'or run api-key-fallback init, which asks and writes the files.',
};

export type ProjectTexts = typeof project;
