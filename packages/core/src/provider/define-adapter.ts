import { checkIsObject, checkName, checkVariableName, shortened } from '../base/check-arguments.ts';
import { closestName } from '../base/check-option-names.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { util } from '../base/node-builtins.ts';
import { checkProviderName } from '../base/provider-name.ts';
import { checkKeyLimits } from './key-limits.ts';
import type { ProviderAdapter } from './provider-adapter.ts';

const members: readonly (keyof ProviderAdapter)[] = [
  'name',
  'displayName',
  'env',
  'classifyError',
  'createClient',
  'authorize',
  'probe',
  'watch',
  'readLimits',
  'groupOf',
  'usageOf',
  'bucketOf',
  'unitsOf',
  'limits',
  'timeZone',
  'keyPattern',
];

/** @throws InvalidOptionsError for a misspelt member, which would never be called. An adapter can have members of its own. */
function checkMemberNames(adapter: object): void {
  for (const name of Object.keys(adapter)) {
    const closest = (members as readonly string[]).includes(name) ? undefined : closestName(name, members);
    // A name of its own can end like a known one, such as `hostname`.
    if (closest === undefined || Math.abs(closest.length - name.length) > 2) continue;
    throw new InvalidOptionsError(`An adapter has no member "${shortened(name)}". Did you mean "${closest}"?`);
  }
}

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
 * @throws InvalidOptionsError if a member is misspelt, a name is empty, too long or malformed, `classifyError` is missing,
 * `keyPattern` is not a RegExp, a limit is not an integer from 1, or `timeZone` is unknown.
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
  checkIsObject('adapter', adapter, 'new ApiKeyManager(adapter, keys), or new OpenAIKeyManager(keys)');
  checkMemberNames(adapter);
  checkProviderName('The "name" of an adapter', adapter.name);
  checkName('displayName', adapter.displayName);
  checkVariableName('The "env" of an adapter', adapter.env);
  if (typeof adapter.classifyError !== 'function') {
    throw new InvalidOptionsError(`The adapter "${adapter.name}" needs a classifyError function.`);
  }
  if (adapter.keyPattern !== undefined && !util.types.isRegExp(adapter.keyPattern)) {
    throw new InvalidOptionsError(`The "keyPattern" of the adapter "${adapter.name}" must be a RegExp.`);
  }
  if (adapter.timeZone !== undefined && !isTimeZone(adapter.timeZone)) {
    throw new InvalidOptionsError(
      `The "timeZone" of the adapter "${adapter.name}" must be an IANA name, for example America/Los_Angeles.`,
    );
  }
  if (adapter.limits !== undefined) checkKeyLimits('adapter.limits', adapter.limits);
  return adapter;
}
