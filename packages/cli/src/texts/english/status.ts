/** What `status` says. */
export const status = {
  description: 'Show the state of all keys, as the processes of your service share it',
  columns: {
    provider: 'PROVIDER',
    key: 'KEY',
    state: 'STATE',
    back: 'BACK IN',
    today: 'TODAY',
    failed: 'FAILED',
    limit: 'LIMIT',
    next: 'NEXT',
  },
  summary: (name: string, usable: number, total: number): string =>
    `${name}: ${usable} of ${total} ${total === 1 ? 'key' : 'keys'} usable.`,
  from: (place: string): string => `As shared through ${place}.`,
  noStore:
    'Without a store the state of keys is only inside the process that uses them, and no other process can see it. Share it: set API_KEY_STATE_DIR (or --state-dir) for processes on one machine, or use Redis (--redis) for several.',
};

export type StatusTexts = typeof status;
