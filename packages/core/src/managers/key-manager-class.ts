import { checkOptionNames, managerOptionNames } from '../base/check-option-names.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { readField } from '../base/read-field.ts';
import type { ApiKeyInput } from '../pool/check-api-keys.ts';
import type { KeyManagerOptions } from '../pool/key-manager-options.ts';
import type { ProviderAdapter } from '../provider/provider-adapter.ts';
import { ApiKeyManager } from './api-key-manager.ts';
import type { KeySourceInput } from '../sources/key-source.ts';
import { readApiKeys } from '../sources/load-api-keys.ts';

/** The options of a key manager whose clients take `ClientOptions`; `never` for an adapter without clients. */
export type OptionsOfManager<ClientOptions> = Omit<KeyManagerOptions, 'clientOptions'> &
  ([ClientOptions] extends [never] ? object : { readonly clientOptions?: ClientOptions });

/** The type of a provider's key manager class, as `keyManagerClass` returns it. */
export interface KeyManagerClass<Client, ClientOptions = never> {
  /** @throws NoApiKeysError for an empty list; InvalidOptionsError for an invalid option, or a key with white space in it. */
  new (keys: readonly ApiKeyInput[] | KeySourceInput, options?: OptionsOfManager<ClientOptions>): ApiKeyManager<Client>;
  /**
   * Creates a manager with the keys from the environment and the `.env*` files: the adapter's variable (`OPENAI_API_KEY`),
   * the numbered ones (`OPENAI_API_KEY_2`, …) and the list (`OPENAI_API_KEYS`).
   *
   * @throws NoApiKeysError if no key is found; the message names the variables and files that were read.
   */
  fromEnv<Class extends abstract new (...args: never) => unknown>(
    this: Class,
    options?: OptionsOfManager<ClientOptions>,
  ): InstanceType<Class>;
}

/** Options of `keyManagerClass`. */
export interface KeyManagerClassOptions {
  /** The client option for the address of a server, such as `baseURL`. Other spellings of it are refused. @default not checked */
  readonly address?: string;
}

/** A client ignores an option that it does not know, and would send requests and keys to the provider in place of a proxy. */
function checkAddress(clientOptions: unknown, address: string | undefined): void {
  if (address === undefined || typeof clientOptions !== 'object' || clientOptions === null) return;
  const isAddress = (name: string) => /^(?:base|root)_?ur[il]$/i.test(name) && name !== address;
  const wrong = Object.keys(clientOptions).find(isAddress);
  if (wrong === undefined) return;
  throw new InvalidOptionsError(`Unknown option "clientOptions.${wrong}". Write clientOptions: { ${address} }.`);
}

/**
 * Creates the key manager class of a provider, for an adapter package to extend and export.
 *
 * @example
 * const Base: KeyManagerClass<AcmeClient, AcmeOptions> = keyManagerClass(acmeAdapter, { address: 'baseURL' });
 * export class AcmeKeyManager extends Base {}
 *
 * const manager = AcmeKeyManager.fromEnv({ strategy: 'round-robin' });
 */
export function keyManagerClass<Client, ClientOptions = never>(
  adapter: ProviderAdapter<Client>,
  { address }: KeyManagerClassOptions = {},
): KeyManagerClass<Client, ClientOptions> {
  class KeyManager extends ApiKeyManager<Client> {
    constructor(keys: readonly ApiKeyInput[] | KeySourceInput, options: KeyManagerOptions = {}) {
      checkAddress(readField(options, 'clientOptions'), address);
      super(adapter, keys, options);
    }

    static fromEnv(options: KeyManagerOptions = {}): KeyManager {
      const instead =
        "{ strategy: 'round-robin' }, or for the keys of another variable new OpenAIKeyManager(loadApiKeys('MY_KEY'))";
      checkOptionNames('options', options, managerOptionNames, instead);
      return new this(readApiKeys(adapter.env, options), options);
    }
  }
  return KeyManager as unknown as KeyManagerClass<Client, ClientOptions>;
}
