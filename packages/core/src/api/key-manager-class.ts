import type { ApiKeyInput } from '../pool/check-api-keys.ts';
import type { KeyManagerOptions } from '../pool/key-pool.ts';
import type { ProviderAdapter } from '../provider/provider-adapter.ts';
import { ApiKeyManager } from './api-key-manager.ts';
import { loadApiKeys, type LoadApiKeysOptions } from './load-api-keys.ts';

/** The options of a key manager whose clients take `ClientOptions`; `never` for an adapter that makes no clients. */
export type OptionsOfManager<ClientOptions> = Omit<KeyManagerOptions, 'clientOptions'> &
  ([ClientOptions] extends [never] ? object : { readonly clientOptions?: ClientOptions });

/** The class of a provider's key managers. */
export interface KeyManagerClass<Client, ClientOptions = never> {
  /** @throws NoApiKeysError for an empty list; InvalidOptionsError for a key that cannot be sent. */
  new (keys: readonly ApiKeyInput[], options?: OptionsOfManager<ClientOptions>): ApiKeyManager<Client>;
  /**
   * Makes a manager from the keys in the environment and the `.env*` files: the adapter's variable (`OPENAI_API_KEY`), the
   * numbered ones (`OPENAI_API_KEY_2`, …) and the list (`OPENAI_API_KEYS`).
   *
   * @throws NoApiKeysError naming the variables and files that were looked at.
   */
  fromEnv<Class extends abstract new (...args: never) => unknown>(
    this: Class,
    options?: OptionsOfManager<ClientOptions> & LoadApiKeysOptions,
  ): InstanceType<Class>;
}

/**
 * Makes the class of a provider's key managers, for an adapter package to extend and export.
 *
 * @example
 * const Base: KeyManagerClass<AcmeClient, AcmeOptions> = keyManagerClass(acmeAdapter);
 * export class AcmeKeyManager extends Base {}
 *
 * const manager = AcmeKeyManager.fromEnv({ strategy: 'round-robin' });
 */
export function keyManagerClass<Client, ClientOptions = never>(
  adapter: ProviderAdapter<Client>,
): KeyManagerClass<Client, ClientOptions> {
  class KeyManager extends ApiKeyManager<Client> {
    constructor(keys: readonly ApiKeyInput[], options: KeyManagerOptions = {}) {
      super(adapter, keys, options);
    }

    static fromEnv(options: KeyManagerOptions & LoadApiKeysOptions = {}): KeyManager {
      return new this(loadApiKeys(adapter.env, options), options);
    }
  }
  return KeyManager as unknown as KeyManagerClass<Client, ClientOptions>;
}
