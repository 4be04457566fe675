/** What `reset`, `disable` and `enable` say. */
export const operate = {
  descriptions: {
    reset: 'Clear the failures of a key, or of all keys of a provider',
    disable: 'Disable a key until it is enabled again',
    enable: 'Make a disabled or cooling key available again',
  },
  arguments: {
    provider: 'the name of the provider, such as openai; with a pool, openai/tenant-a',
    key: 'the label of the key, its position from 1, or its id',
  },
  options: {
    actor: 'who does it, for the events (default: your user name)',
    yes: 'do not ask before all keys are reset',
  },
  done: {
    reset: (provider: string, label: string): string => `${provider}: ${label} is reset.`,
    disable: (provider: string, label: string): string => `${provider}: ${label} is disabled.`,
    enable: (provider: string, label: string): string => `${provider}: ${label} is enabled.`,
  },
  shared: (place: string): string => `Written to ${place}; the processes that share it hear of it at once.`,
  noStore:
    'This needs a store that your service uses too: without one, the state of keys is only inside its process. Name it with --state-dir (API_KEY_STATE_DIR) or --redis.',
  noManager: (name: string, closest: string | undefined, names: string): string =>
    `There are no keys of "${name}".${closest === undefined ? '' : ` Did you mean ${closest}?`} There are: ${names}.`,
  manyPools: (name: string, names: string): string => `"${name}" has several pools. Name one: ${names}.`,
  noKey: (provider: string, choice: string, closest: string | undefined, keys: string): string =>
    `${provider} has no key "${choice}".${closest === undefined ? '' : ` Did you mean ${closest}?`} Its keys:\n${keys}`,
  manyKeys: (choice: string, keys: string): string =>
    `Several keys have the label "${choice}". Name one by its position:\n${keys}`,
  needsYes: 'Name a key, or add --yes to reset all keys of the provider.',
  confirmAll: (provider: string, count: number): string =>
    count === 1 ? `Reset the key of ${provider}?` : `Reset all ${count} keys of ${provider}?`,
  yes: 'Yes',
  no: 'No',
  notDone: 'Nothing was changed.',
};

export type OperateTexts = typeof operate;
