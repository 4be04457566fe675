import type { Advice } from '../../doctor/finding.ts';

/** What `doctor` says. */
export const doctor = {
  description: 'Find mistakes in the set-up: versions, compiler, .env files, keys, clock and store',
  options: { offline: 'send no request to a provider' },
  examples: {
    all: 'look at everything',
    offline: 'without a request to a provider',
    json: 'the findings as JSON, for CI',
  },
  levels: { error: 'error', warning: 'warning', fine: 'fine' },
  checking: 'Looking at the project …',
  summary: (errors: number, warnings: number): string => {
    if (errors + warnings === 0) return 'Everything is fine.';
    const parts = [
      ...(errors > 0 ? [errors === 1 ? '1 error' : `${errors} errors`] : []),
      ...(warnings > 0 ? [warnings === 1 ? '1 warning' : `${warnings} warnings`] : []),
    ];
    return `${parts.join(', ')}.`;
  },

  checkFailed: (message: string): Advice => ({
    message: `This check could not be done: ${message}`,
    action: 'Run it again with --debug to see where the error comes from.',
  }),

  nodeFine: (version: string): Advice => ({ message: `Node.js ${version}` }),
  nodeTooOld: (version: string, oldest: string): Advice => ({
    message: `Node.js ${version} is too old.`,
    action: `Install Node.js ${oldest} or later, for example the LTS version of https://nodejs.org.`,
  }),

  coreMissing: {
    message: '@api-key-fallback/core is not installed in this project.',
    action: 'Run: api-key-fallback init',
  },
  coreFine: (version: string): Advice => ({ message: `One copy of @api-key-fallback/core: ${version}` }),
  coreCopies: (copies: readonly string[]): Advice => ({
    message: `${copies.length} copies of @api-key-fallback/core: ${copies.join(', ')}`,
    action:
      'Update all packages of API Key Fallback to the same version, then run npm dedupe, pnpm dedupe or yarn dedupe.',
  }),

  clientsFine: { message: 'The clients of the adapters are installed in versions that fit.' },
  clientMissing: (name: string, client: string, install: string): Advice => ({
    message: `${name} needs ${client}, which is not installed.`,
    action: `Run: ${install}`,
  }),
  clientVersion: (found: {
    readonly name: string;
    readonly client: string;
    readonly version: string;
    readonly range: string;
    readonly install: string;
  }): Advice => ({
    message: `${found.name} needs ${found.client} ${found.range}, but ${found.version} is installed.`,
    action: `Run: ${found.install}`,
  }),

  decoratorsUnused: { message: 'No decorator of API Key Fallback in the sources.' },
  decoratorsFine: (isLegacy: boolean): Advice => ({
    message: `Decorators are compiled as ${isLegacy ? 'legacy' : 'standard'} ones.`,
  }),
  decoratorsInJavaScript: {
    message: 'Decorators in a JavaScript file. Node.js cannot read them.',
    action: 'Use wrapWithFallback() instead, or compile the file, for example with TypeScript.',
  },
  metadataAlone: {
    message: '"emitDecoratorMetadata" is on, but "experimentalDecorators" is not. TypeScript refuses this.',
    action: 'Remove "emitDecoratorMetadata", or set "experimentalDecorators": true.',
  },
  decoratorsLeft: {
    message: 'With "target": "esnext", tsc and esbuild leave decorators in their output, which Node.js cannot read.',
    action: 'Set "target": "es2023".',
  },
  moduleNode16: {
    message: 'With "module": "node16", TypeScript refuses to import ES modules from CommonJS (TS1479).',
    action: 'Set "module": "nodenext".',
  },
  toolNeedsLegacy: (tool: string): Advice => ({
    message: `${tool} compiles decorators wrongly unless "experimentalDecorators" is on.`,
    action: 'Set "experimentalDecorators": true.',
  }),
  toolNeedsPlugin: (tool: string): Advice => ({
    message: `${tool} cannot compile standard decorators by itself.`,
    action: 'Set "experimentalDecorators": true, or use the plugin of the set-up guide if you do not have it yet.',
  }),
  swc: {
    message: '.swcrc does not switch on decorators.',
    action: 'Set "jsc.parser.decorators": true, and "jsc.transform.decoratorVersion": "2022-03".',
  },

  clientRetriesFine: { message: 'No client with retries of its own found in the sources.' },
  clientRetries: {
    message: 'This client seems to try again by itself, which multiplies the attempts on each key.',
    action: 'If it is used in a decorated method or a fallback function, add maxRetries: 0 to its options.',
  },

  envNoGit: { message: 'No git repository, so no .env file can get into one.' },
  envFine: { message: 'No .env file with keys is in git, and .gitignore covers them.' },
  envTracked: (file: string): Advice => ({
    message: `${file} has keys, and is in git.`,
    action: `Run: git rm --cached ${file}. Add it to .gitignore. Replace its keys: they stay in the history.`,
  }),
  envNotIgnored: (file: string): Advice => ({
    message: `${file} is not in .gitignore.`,
    action: `Add a line to .gitignore: ${file}`,
  }),

  keysFine: (count: number): Advice => ({
    message: count === 1 ? '1 key, found once' : `${count} keys, each found once`,
  }),
  noKeys: { message: 'No key found.', action: 'Run: api-key-fallback keys' },
  keyWarning: (text: string): Advice => ({
    message: `${text}.`,
    action: 'api-key-fallback keys shows where each key comes from.',
  }),
  unusableKeys: (provider: string, problem: string): Advice => ({
    message: `The keys of ${provider} cannot be used: ${problem}`,
  }),
  keyInTwoProviders: (names: readonly string[]): Advice => ({
    message: `The same key for different providers: ${names.join(', ')}.`,
    action: 'Remove it where it does not belong: the wrong provider receives it with each call.',
  }),
  adapterMissing: (provider: string, install: string): Advice => ({
    message: `There are keys for ${provider}, but its adapter is not installed.`,
    action: `Run: ${install}`,
  }),

  clockFine: (provider: string): Advice => ({ message: `The clock agrees with that of ${provider}.` }),
  clockUnknown: { message: 'The clock was not compared: no provider has answered with its time.' },
  clockOff: (seconds: number, provider: string): Advice => ({
    message: `The clock is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} that of ${provider}.`,
    action: 'Set the clock of this machine by NTP. Times at which keys come back would be wrong by as much.',
  }),

  noStore: { message: 'No store: each process has its own state of the keys.' },
  storeFine: (kind: string): Advice => ({ message: `The ${kind} store can be read and written.` }),
  storeAway: (kind: string, message: string): Advice => ({
    message: `The ${kind} store cannot be written: ${message}`,
    action: 'Check its address, and whether this user may write there. Until then each process goes on by itself.',
  }),

  expires: (provider: string, source: string, at: string): Advice => ({
    message: `The keys of ${provider} from ${source} expire at ${at}.`,
    action: 'They are loaded again before. Make sure that the source has new ones by then.',
  }),
  expired: (provider: string, source: string): Advice => ({
    message: `The keys of ${provider} from ${source} have expired.`,
    action: 'Put new keys into the source.',
  }),
};

export type DoctorTexts = typeof doctor;
