import { checkIsObject } from '../base/check-option-names.ts';
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
 * Checks an adapter and returns it with its client type inferred.
 *
 * @throws InvalidOptionsError if a name is empty or malformed, `classifyError` is missing, or `timeZone` is unknown.
 * @example
 * const acmeAdapter = defineAdapter({
 *   name: 'acme',
 *   displayName: 'Acme',
 *   env: 'ACME_API_KEY',
 *   classifyError: (error, context) => classifyHttpError(error, context),
 *   createClient: (secret) => new AcmeClient({ apiKey: secret, maxRetries: 0 }),
 * });
 */
export function defineAdapter<Client = unknown>(adapter: ProviderAdapter<Client>): ProviderAdapter<Client> {
  checkIsObject('adapter', adapter);
  for (const name of ['name', 'displayName', 'env'] as const) {
    if (typeof adapter[name] !== 'string' || adapter[name].trim() === '') {
      throw new InvalidOptionsError(`An adapter needs a non-empty "${name}".`);
    }
  }
  if (!/^[\w.-]+$/.test(adapter.name)) {
    throw new InvalidOptionsError('The "name" of an adapter must contain only letters, digits, ".", "_" and "-".');
  }
  if (typeof adapter.classifyError !== 'function') {
    throw new InvalidOptionsError(`The adapter "${adapter.name}" needs a classifyError function.`);
  }
  if (adapter.timeZone !== undefined && !isTimeZone(adapter.timeZone)) {
    throw new InvalidOptionsError(
      `The "timeZone" of the adapter "${adapter.name}" must be an IANA name, for example America/Los_Angeles.`,
    );
  }
  return adapter;
}
