import type { StoreChoice } from '../../init/plan-files.ts';
import type { WrittenFile } from '../../init/write-files.ts';

/** What `init` says. */
export const init = {
  description: 'Write a first service: .env.example, a configuration and the code',
  options: {
    yes: 'ask nothing: what the flags say, and defaults',
    keys: 'how many keys each provider has',
    store: 'where processes share the state of the keys',
    force: 'replace files that exist; .env is never touched',
  },
  askProviders: 'Which providers do you use?',
  askKeys: 'How many keys does each of them have?',
  wrongKeys: 'Write a number from 1 to 100, for example --keys 2.',
  askStore: 'Do several processes share the state of the keys?',
  stores: {
    none: 'No: one process, or each for itself',
    file: 'In a directory: several processes on one machine, or restarts',
    redis: 'In Redis: several machines or containers',
  } as Readonly<Record<StoreChoice, string>>,
  noTerminal: 'There is no terminal to ask on. Run: api-key-fallback init --yes --provider openai,youtube',
  notOffered: (name: string, offered: string): string =>
    `init writes no service for "${name}". It knows ${offered}; the README of @api-key-fallback/openai shows how to use the others.`,
  left: 'Nothing was written.',
  results: {
    written: 'written',
    extended: 'lines added',
    replaced: 'replaced',
    kept: 'exists, kept as it is (--force replaces it)',
    same: 'has all lines already',
  } as Readonly<Record<WrittenFile['result'], string>>,
  nextSteps: 'Next:',
  install: (line: string): string => `Install: ${line}`,
  copyExample: 'Copy .env.example to .env, and write your keys into it.',
  extendEnv: 'Write your keys into .env.',
  check: (command: string): string => `Check the keys: ${command}`,
  tryIt: (command: string): string => `Try the service: ${command}`,
};

export type InitTexts = typeof init;
