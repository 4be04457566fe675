import { NoApiKeysError } from '../base/errors.ts';
import { redactor } from '../base/redaction.ts';
import type { ProviderAdapter } from '../provider/provider-adapter.ts';
import type { HealthContext } from '../state/key-health.ts';
import { PooledKey } from '../state/pooled-key.ts';
import { checkApiKeys, looksReal, type ApiKeyInput, type ListedApiKey } from './check-api-keys.ts';

/** Checks the application's list of keys. @throws NoApiKeysError for no key */
export function listKeys(
  { name: provider, env }: ProviderAdapter,
  inputs: readonly ApiKeyInput[],
  warn: (text: string) => void,
): readonly ListedApiKey[] {
  const listed = checkApiKeys(inputs, warn);
  if (listed.length > 0) return listed;
  throw new NoApiKeysError(`No API key for "${provider}": the list is empty. Set ${env} or pass the keys.`);
}

/** Makes a pool's keys. Register all of them for redaction first, because a label can contain another key. */
export function makeKeys(
  { name: provider, displayName, keyPattern }: ProviderAdapter,
  listed: readonly ListedApiKey[],
  context: HealthContext,
  warn: (text: string) => void,
): PooledKey[] {
  return listed.map(({ key, label, group }, index) => {
    if (!looksReal(key, keyPattern)) warn(`${label} does not look like a key of ${displayName}`);
    const ordinal = index + 1;
    const ref = { ordinal, total: listed.length, label: withoutKey('label', label, ordinal, warn) ?? `key ${ordinal}` };
    return new PooledKey(provider, key, ref, withoutKey('group', group, ordinal, warn), context);
  });
}

/** Returns a name; `undefined`, with a warning, if it contains a part of a key: all such names would look the same. */
function withoutKey(
  kind: string,
  name: string | undefined,
  ordinal: number,
  warn: (text: string) => void,
): string | undefined {
  if (name === undefined || redactor.redact(name) === name) return name;
  warn(`the ${kind} of key ${ordinal} contains a part of a key and is not used`);
  return undefined;
}
