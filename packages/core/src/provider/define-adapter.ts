import { InvalidOptionsError } from '../base/errors.ts';
import type { ProviderAdapter } from './provider-adapter.ts';

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/**
 * Checks an adapter and gives it back with its client type inferred.
 *
 * @throws InvalidOptionsError when a name is empty, `classifyError` is missing, or `timeZone` is unknown.
 */
export function defineAdapter<Client = unknown>(adapter: ProviderAdapter<Client>): ProviderAdapter<Client> {
  for (const name of ['name', 'displayName', 'env'] as const) {
    if (typeof adapter[name] !== 'string' || adapter[name].trim() === '') {
      throw new InvalidOptionsError(`An adapter needs a non-empty "${name}".`);
    }
  }
  if (!/^[\w.-]+$/.test(adapter.name)) {
    throw new InvalidOptionsError('The name of an adapter is made of letters, digits, ".", "_" and "-".');
  }
  if (typeof adapter.classifyError !== 'function') {
    throw new InvalidOptionsError(`The adapter "${adapter.name}" needs a classifyError function.`);
  }
  if (adapter.timeZone !== undefined && !isTimeZone(adapter.timeZone)) {
    throw new InvalidOptionsError(`The time zone of the adapter "${adapter.name}" is not known.`);
  }
  return adapter;
}
