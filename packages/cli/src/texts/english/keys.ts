/** What `keys` says. */
export const keys = {
  description: 'Show where each key comes from, and what looks wrong with it; asks no provider',
  options: { strict: 'exit with code 1 if anything looks wrong' },
  columns: { provider: 'PROVIDER', key: 'KEY', masked: 'MASKED', from: 'FROM' },
  origins: { environment: 'environment', file: 'file', configuration: 'configuration' },
  mistakes: {
    repeated: (label: string, other: string): string => `${label} is the same key as ${other}, so it is not used.`,
    'repeated-elsewhere': (label: string, other: string): string =>
      `${label} is the same key as ${other}: both use up the same limits.`,
    empty: (label: string): string => `${label} is set, but empty.`,
    gap: (label: string): string => `${label} is not set, but a higher number is. Was a key lost?`,
    'joined-number': (label: string, other: string): string => `${label} is not read. Rename it to ${other}.`,
    pattern: (label: string, other: string): string =>
      other === '' ? `${label} does not look like a key of its provider.` : `${label} looks like a key of ${other}.`,
    placeholder: (label: string): string => `${label} is a placeholder, not a key.`,
    quotes: (label: string): string => `${label} has quotes in its value. Remove them.`,
    spaces: (label: string): string => `${label} has white space in its value. Remove it.`,
  },
  summary: (count: number, mistakes: number): string => {
    const found = count === 1 ? '1 key' : `${count} keys`;
    if (mistakes === 0) return `${found}; nothing looks wrong.`;
    return `${found}; ${mistakes === 1 ? '1 thing looks' : `${mistakes} things look`} wrong.`;
  },
};

export type KeysTexts = typeof keys;
