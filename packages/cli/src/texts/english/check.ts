import type { Verdict } from '../../check/key-verdict.ts';

const code = (reason: string): string => (reason === '' ? '' : ` (${reason})`);

/** What `check` says. */
export const check = {
  description: 'Ask each provider whether each key works, with one cheap request for each key',
  options: {
    failOn: 'which keys make the command fail, with exit code 1',
    timeout: 'time limit for each key in ms',
    dryRun: 'leave the shared state as it is',
    rapidapi: 'the API with which keys of RapidAPI are checked, such as weatherapi-com.p.rapidapi.com/current.json',
    actor: 'who checks, for the events (default: your user name)',
  },
  columns: {
    provider: 'PROVIDER',
    key: 'KEY',
    masked: 'MASKED',
    status: 'STATUS',
    time: 'TIME',
    left: 'LEFT',
  },
  verdicts: {
    working: 'works',
    invalid: 'invalid',
    exhausted: 'no quota left',
    limited: 'rate-limited',
    unknown: 'unknown',
  },
  advice: {
    working: (reason: string): string => `works, with a remark of the provider: ${reason}.`,
    invalid: (reason: string): string =>
      `the provider refuses it${code(reason)}. Create a new key, put it in its place, and delete this one.`,
    exhausted: (reason: string): string =>
      `its credit or quota is used up${code(reason)}. Add credit, or wait for the next period.`,
    limited: (reason: string): string => `too many requests at the moment${code(reason)}. It works again by itself.`,
    noRapidApi:
      'RapidAPI has no request that works with every key. Name an API that you use: --rapidapi <host>/<path>. It may count the request.',
    noProbe: (provider: string): string => `${provider} has no cheap request that shows whether a key works.`,
    network: (provider: string): string =>
      `${provider} cannot be reached. Check the network, the proxy and the address.`,
    timeout: (provider: string): string => `${provider} did not answer in time. Try a longer --timeout.`,
    unknown: (reason: string): string => `the answer says nothing about the key${code(reason)}. Try again later.`,
  },
  keys: (labels: readonly string[], more: number): string => labels.join(', ') + (more > 0 ? ` and ${more} more` : ''),
  progress: (done: number, total: number): string => `Checking keys: ${done} of ${total} …`,
  summary: (counts: Readonly<Record<Verdict, number>>, total: number): string => {
    const parts = [
      [counts.invalid, 'invalid'],
      [counts.exhausted, 'without quota'],
      [counts.limited, 'rate-limited'],
      [counts.unknown, 'unknown'],
    ] as const;
    const rest = parts.filter(([count]) => count > 0).map(([count, name]) => `${count} ${name}`);
    return `${[`${counts.working} of ${total} ${total === 1 ? 'key works' : 'keys work'}`, ...rest].join(', ')}.`;
  },
  shared: (place: string): string => `The results apply to all processes that share ${place}.`,
  notShared: (place: string): string => `${place} cannot be reached, so the results apply to no other process.`,
  wrongTimeout: '--timeout must be a time in ms above 0, for example 5000.',
};

export type CheckTexts = typeof check;
