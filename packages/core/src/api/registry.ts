import { InvalidOptionsError, UnknownProviderError } from '../base/errors.ts';
import type { ProviderName } from '../base/provider-name.ts';
import { redactor } from '../base/redaction.ts';
import { poolOf } from '../pool/pool-of.ts';
import type { ApiKeyManager } from './api-key-manager.ts';
import type { KeyManagerOf } from './key-manager-of.ts';

interface Entry {
  manager?: ApiKeyManager;
  /** Makes the default manager at first use. */
  readonly create?: () => ApiKeyManager;
}

const slot = Symbol.for('@api-key-fallback/core/registry@1');

const packages: Readonly<Record<string, string>> = {
  openai: '@api-key-fallback/openai',
  youtube: '@api-key-fallback/youtube',
  rapidapi: '@api-key-fallback/rapidapi',
};

/** Provider name → key manager; one per process, however many copies of this package are loaded. */
export class KeyManagerRegistry {
  readonly #entries: Map<string, Entry>;

  constructor(entries: Map<string, Entry> = new Map()) {
    this.#entries = entries;
  }

  /**
   * Makes a manager the one for its provider; it takes the place of an adapter's default.
   *
   * @throws InvalidOptionsError when another manager was registered for it; pass `{ replace: true }` if that is meant.
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

  /** For adapters: the manager to make at first use, unless somebody registers one. */
  registerDefault(provider: string, create: () => ApiKeyManager): void {
    if (!this.#entries.has(provider)) this.#entries.set(provider, { create });
  }

  /** @throws UnknownProviderError naming the known providers; NoApiKeysError when an adapter's default finds no key. */
  get<P extends ProviderName>(provider: P): KeyManagerOf<P> {
    const entry = this.#entries.get(provider);
    if (!entry) throw this.#unknown(provider);
    if (!entry.manager && entry.create) entry.manager = entry.create();
    if (!entry.manager) throw this.#unknown(provider);
    return entry.manager as KeyManagerOf<P>;
  }

  /** Whether a provider is known, with a manager or a default; makes none. */
  has(provider: string): boolean {
    return this.#entries.has(provider);
  }

  /** The names of all providers, with those whose default manager has not been made yet. */
  list(): string[] {
    return [...this.#entries.keys()];
  }

  /** Forgets a provider's manager or default; says whether there was one. */
  unregister(provider: string): boolean {
    return this.#entries.delete(provider);
  }

  #unknown(given: unknown): UnknownProviderError {
    const provider = String(given);
    const known = this.list();
    const shown = redactor.redact(provider);
    const name = Object.hasOwn(packages, provider) ? packages[provider] : undefined;
    const way = name ? `Install and import ${name}` : 'Import its adapter, or register() a key manager';
    const list = known.length > 0 ? known.join(', ') : 'none';
    return new UnknownProviderError(shown, `Unknown provider "${shown}" (known: ${list}). ${way}.`);
  }
}

/** The process-wide registry that `@retryWithApiKeyFallback({ provider })` looks into. */
export const registry: KeyManagerRegistry = new KeyManagerRegistry(
  ((globalThis as { [slot]?: Map<string, Entry> })[slot] ??= new Map()),
);
