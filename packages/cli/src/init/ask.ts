import type { Io } from '../io.ts';
import type { KnownProvider } from '../project/known-providers.ts';
import type { InitTexts } from '../texts/english/init.ts';
import type { Answers, StoreChoice } from './plan-files.ts';

/** Asks what to write, on a terminal. `undefined` if the user leaves. */
export async function ask(
  io: Io,
  { offered, defaults }: { readonly offered: readonly KnownProvider[]; readonly defaults: Answers },
  texts: InitTexts,
): Promise<Answers | undefined> {
  const { isCancel, multiselect, select, text } = await import('@clack/prompts');
  // Results alone go to stdout.
  const on = { input: io.stdin, output: io.stderr, signal: io.signal };
  const providers = await multiselect({
    ...on,
    message: texts.askProviders,
    options: offered.map(({ name, displayName }) => ({ value: name, label: displayName })),
    initialValues: defaults.providers.map(({ name }) => name),
    required: true,
  });
  if (isCancel(providers)) return undefined;
  const keyCount = await text({
    ...on,
    message: texts.askKeys,
    initialValue: String(defaults.keyCount),
    validate: (given) => (isKeyCount(given) ? undefined : texts.wrongKeys),
  });
  if (isCancel(keyCount)) return undefined;
  const store = await select<StoreChoice>({
    ...on,
    message: texts.askStore,
    options: storeChoices.map((value) => ({ value, label: texts.stores[value] })),
    initialValue: defaults.store,
  });
  if (isCancel(store)) return undefined;
  return { providers: offered.filter(({ name }) => providers.includes(name)), keyCount: Number(keyCount), store };
}

/** The stores in the order in which they are offered. */
export const storeChoices: readonly StoreChoice[] = ['none', 'file', 'redis'];

const mostKeys = 100;

/** Whether a text is a number of keys. */
export function isKeyCount(given: string | undefined): boolean {
  return /^\d{1,3}$/.test(given ?? '') && Number(given) >= 1 && Number(given) <= mostKeys;
}
