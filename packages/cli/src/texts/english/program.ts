/** What the program itself says. */
export const program = {
  description: 'Checks your API keys, shows their state, and finds mistakes in the set-up.',
  options: {
    config: 'the configuration file (default: api-key-fallback.config.ts, .mts, .js or .mjs in the project)',
    cwd: 'the directory of the project (default: this directory)',
    provider: 'only this provider; can be repeated, or a list with commas',
    redis: 'the Redis server that shares the state of the keys, such as redis://localhost:6379',
    stateDir: 'the directory that shares the state of the keys',
    json: 'write the result as JSON; the same as --format json',
    format: 'how to write the result',
    color: 'write colours, also without a terminal',
    noColor: 'write no colours',
    lang: 'the language',
    debug: 'show where an error comes from',
    help: 'show the help',
    version: 'show the version',
  },
  helpCommand: 'show the help of a command',
  /** The headings that commander writes. */
  headings: {} as Readonly<Record<string, string>>,
  byDefault: (value: string): string => `default: ${value}`,
  examples: 'Examples:',
  more: 'A flag comes before its environment variable, then comes the configuration file.',
  error: (message: string): string => `Error: ${message}`,
  unexpected: (message: string): string =>
    `Unexpected error: ${message}. Run it again with --debug to see where it comes from.`,
  noCommand: (name: string): string => `no command. ${name} --help lists them.`,
  interrupted: 'Interrupted.',
  /** What commander complains about, by its code; with its own message where none is here. */
  complaints: {} as Readonly<Record<string, (name: string) => string>>,
  choices: (values: string): string => `Allowed: ${values}.`,
  didYouMean: (name: string): string => `Did you mean ${name}?`,
};

export type ProgramTexts = typeof program;
