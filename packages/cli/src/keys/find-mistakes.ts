import { knownProviders } from '../project/known-providers.ts';
import type { KeyVariable } from './key-variable.ts';
import type { SecretKey } from './list-keys.ts';

/** What looks wrong with a key or its variable. */
export interface Mistake {
  readonly kind:
    | 'repeated'
    | 'repeated-elsewhere'
    | 'empty'
    | 'gap'
    | 'joined-number'
    | 'pattern'
    | 'placeholder'
    | 'quotes'
    | 'spaces';
  readonly provider: string;
  /** The label of the key, or the name of the variable. */
  readonly label: string;
  /** What it is to be compared with: another key, the provider that a key looks like, or the right name of the variable. */
  readonly other?: string;
}

const placeholder = /^(?:your[_ -].*|.*[_-]here|(?:sk|key)-(?:\.+|…|x+)|\.{3,}|…|change[_-]?me|x{3,}|todo|<.*>|\*+)$/i;
const separators = /[\s,;]+/;

/** Finds what looks wrong with the keys of a project and their variables. */
export function findMistakes(keys: readonly SecretKey[], variables: readonly KeyVariable[]): readonly Mistake[] {
  return [
    ...variables.flatMap(wrongValue),
    ...gaps(variables),
    ...repeatedVariables(variables),
    ...repeatedElsewhere(keys),
    ...keys.flatMap(wrongKey),
  ];
}

function wrongValue({ provider, name, value, number, isJoined }: KeyVariable): readonly Mistake[] {
  const mistake = { provider: provider.name, label: name };
  const text = value.trim();
  if (text === '') return [{ ...mistake, kind: 'empty' }];
  if (isJoined) return [{ ...mistake, kind: 'joined-number', other: name.replace(/(\d+)(_FILE)?$/, '_$1$2') }];
  // The value of a list, and the path of a file, can have both.
  if (number === undefined) return [];
  const isQuoted = /^["'`]|["'`]$/.test(text);
  return [
    ...(isQuoted ? [{ ...mistake, kind: 'quotes' as const }] : []),
    ...(text !== value || /\s/.test(text) ? [{ ...mistake, kind: 'spaces' as const }] : []),
  ];
}

/** Numbers that are left out: often a key that was lost. */
function gaps(variables: readonly KeyVariable[]): readonly Mistake[] {
  const numbered = variables.filter(({ number }) => number !== undefined);
  return [...Map.groupBy(numbered, ({ provider }) => provider)].flatMap(([provider, own]) => {
    const numbers = new Set(own.map(({ number = 0 }) => number));
    // A far number is a name of its own, such as that of an account.
    const highest = Math.min(Math.max(...numbers), numbers.size + 10);
    const missing = Array.from({ length: highest }, (_, index) => index + 1).filter((number) => !numbers.has(number));
    return missing.map((number): Mistake => {
      const label = number === 1 ? provider.env : `${provider.env}_${number}`;
      return { kind: 'gap', provider: provider.name, label };
    });
  });
}

/** Core uses a repeated key once, so it is in no list. */
function repeatedVariables(variables: readonly KeyVariable[]): readonly Mistake[] {
  const entries = variables
    .filter(({ isJoined, isPath }) => !isJoined && !isPath)
    .flatMap(({ provider, name, value }) =>
      value
        .replaceAll(/["'`[\]]/g, ' ')
        .trim()
        .split(separators)
        .filter((secret) => secret !== '')
        .map((secret, index, all) => ({
          provider,
          label: all.length === 1 ? name : `${name}[${index + 1}]`,
          id: `${provider.name}\0${secret}`,
        })),
    );
  return [...Map.groupBy(entries, ({ id }) => id).values()].flatMap(([first, ...others]) =>
    others.map(({ provider, label }): Mistake => ({
      kind: 'repeated',
      provider: provider.name,
      label,
      ...(first === undefined ? {} : { other: first.label }),
    })),
  );
}

function repeatedElsewhere(keys: readonly SecretKey[]): readonly Mistake[] {
  return [...Map.groupBy(keys, ({ secret }) => secret).values()].flatMap(([first, ...others]) =>
    others
      .filter(({ listed }) => listed.provider !== first?.listed.provider || listed.pool !== first.listed.pool)
      .map(({ listed }): Mistake => ({
        kind: 'repeated-elsewhere',
        provider: listed.provider,
        label: listed.label,
        ...(first === undefined ? {} : { other: `${first.listed.displayName} ${first.listed.label}` }),
      })),
  );
}

function wrongKey({ listed, secret }: SecretKey): readonly Mistake[] {
  const { provider, label } = listed;
  if (placeholder.test(secret)) return [{ kind: 'placeholder', provider, label }];
  const own = knownProviders.find(({ name }) => name === provider);
  if (own?.keyPattern === undefined ? looksLike(secret) === undefined : own.keyPattern.test(secret)) return [];
  const other = looksLike(secret);
  return [{ kind: 'pattern', provider, label, ...(other === undefined ? {} : { other }) }];
}

/** The provider whose keys begin like this one. Many servers copy the form of OpenAI's keys, so that says nothing. */
function looksLike(secret: string): string | undefined {
  return knownProviders.find(({ name, keyPattern }) => name !== 'openai' && keyPattern?.test(secret))?.displayName;
}
