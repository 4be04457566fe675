import { shortened } from '../base/check-arguments.ts';
import { InvalidOptionsError, UnknownProviderError } from '../base/errors.ts';
import { checkProviderName, shownProvider, type KeyManagers, type ProviderName } from '../base/provider-name.ts';
import { poolOf } from '../pool/pool-of.ts';
import type { ApiKeyManager } from './api-key-manager.ts';

/** The key manager type of a provider name: the one its adapter package declares, else `ApiKeyManager`. */
export type KeyManagerOf<P extends ProviderName> = P extends keyof KeyManagers ? KeyManagers[P] : ApiKeyManager;

/** The client type of a provider name, as `inject: 'client'` injects it. */
export type ClientOf<P extends ProviderName> = KeyManagerOf<P> extends ApiKeyManager<infer Client> ? Client : never;

interface Entry {
  manager?: ApiKeyManager;
  /** Creates the default manager at first use. */
  readonly create?: () => ApiKeyManager;
}

const slot = Symbol.for('@api-key-fallback/core/registry@1');

const packages: Readonly<Record<string, string>> = {
  openai: '@api-key-fallback/openai',
  anthropic: '@api-key-fallback/anthropic',
  gemini: '@api-key-fallback/gemini',
  youtube: '@api-key-fallback/youtube',
  rapidapi: '@api-key-fallback/rapidapi',
};

/**
 * Maps provider names to key managers. All copies of this package in a process share one `registry`.
 *
 * @example
 * registry.register(new OpenAIKeyManager([firstKey, secondKey]));
 * registry.get('openai').status();
 */
export class KeyManagerRegistry {
  readonly #entries: Map<string, Entry>;

  constructor(entries: Map<string, Entry> = new Map()) {
    this.#entries = entries;
  }

  /**
   * Registers a manager for its provider. It replaces the adapter's default manager.
   *
   * @throws InvalidOptionsError if another manager is registered for the provider. Pass `{ replace: true }` to replace it.
   */
  register(manager: ApiKeyManager, { replace = false }: { readonly replace?: boolean } = {}): void {
    const { provider } = poolOf(manager);
    const entry = this.#entries.get(provider);
    if (entry?.manager && !entry.create && entry.manager !== manager && !replace) {
      throw new InvalidOptionsError(
        `A key manager for "${provider}" is registered already. Pass { replace: true }, or put all keys into one manager.`,
      );
    }
    this.#entries.set(provider, { manager });
  }

  /**
   * Registers a factory for a provider's default manager; for adapter packages. Ignored if the name is already taken.
   *
   * @throws InvalidOptionsError for a name that no provider can have.
   */
  registerDefault(provider: string, create: () => ApiKeyManager): void {
    checkProviderName('The name of a provider', provider);
    if (!this.#entries.has(provider)) this.#entries.set(provider, { create });
  }

  /**
   * Returns the manager of a provider. Creates the default manager at the first call.
   *
   * @throws UnknownProviderError for an unknown name; the message lists the known providers.
   * @throws NoApiKeysError if the default manager finds no key.
   */
  get<P extends ProviderName>(provider: P): KeyManagerOf<P> {
    const entry = this.#entries.get(provider);
    if (!entry) throw this.#unknown(provider);
    if (!entry.manager && entry.create) entry.manager = entry.create();
    if (!entry.manager) throw this.#unknown(provider);
    return entry.manager as KeyManagerOf<P>;
  }

  /** Whether a provider has a manager or a default. Creates nothing. */
  has(provider: string): boolean {
    return this.#entries.has(provider);
  }

  /** Returns the names of all providers, including those whose default manager is not created yet. */
  list(): string[] {
    return [...this.#entries.keys()];
  }

  /** Removes a provider's manager and default. Closes nothing. Returns whether there was one. */
  unregister(provider: string): boolean {
    return this.#entries.delete(provider);
  }

  #unknown(given: unknown): UnknownProviderError {
    const provider = typeof given === 'string' ? given : '';
    const known = this.list();
    const name = Object.hasOwn(packages, provider) ? packages[provider] : undefined;
    const hint = name ? `Install and import ${name}` : 'Import its adapter, or register() a key manager';
    const list = known.length > 0 ? known.join(', ') : 'none';
    return new UnknownProviderError(
      provider.length > 20 ? '…' : shortened(provider),
      `Unknown provider ${shownProvider(given)} (known: ${list}). ${hint}.`,
    );
  }
}

/**
 * The process-wide registry in which `@retryWithApiKeyFallback({ provider })` looks up its manager.
 *
 * @example
 * registry.register(new OpenAIKeyManager([firstKey, secondKey]));
 */
export const registry: KeyManagerRegistry = new KeyManagerRegistry(
  ((globalThis as { [slot]?: Map<string, Entry> })[slot] ??= new Map()),
);
