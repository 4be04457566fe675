import { shortened, shownKind } from '../base/check-arguments.ts';
import { checkOptionNames, closestName } from '../base/check-option-names.ts';
import { InvalidOptionsError, UnknownProviderError } from '../base/errors.ts';
import { checkProviderName, shownProvider, type KeyManagers, type ProviderName } from '../base/provider-name.ts';
import { poolOf } from '../pool/pool-of.ts';
import type { ApiKeyManager } from './api-key-manager.ts';
import { explainDetached, withoutObject } from './explain-detached.ts';

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

const optionNames = new Set(['replace']);

/** The providers that have a package @api-key-fallback/<name>. */
const adapters: readonly string[] = ['openai', 'anthropic', 'gemini', 'youtube', 'rapidapi'];

/** The known servers of `openAICompatible()`, except for Gemini, which has a package too. */
const servers: ReadonlySet<string> = new Set([
  'azure-openai',
  'cerebras',
  'deepseek',
  'fireworks',
  'groq',
  'litellm',
  'mistral',
  'moonshot',
  'nim',
  'ollama',
  'openrouter',
  'together',
  'vllm',
  'xai',
]);

const synonyms: ReadonlyMap<string, string> = new Map([
  ['claude', 'anthropic'],
  ['google', 'gemini'],
  ['chatgpt', 'openai'],
  ['gpt', 'openai'],
  ['azure', 'azure-openai'],
  ['grok', 'xai'],
]);

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
   * Registers a manager for its provider. It replaces the adapter's default manager, and with `replace` another one.
   *
   * The new manager takes over what the replaced one knows of the same keys: their states, limits and usage. Calls that run on the
   * replaced manager end there.
   *
   * @throws InvalidOptionsError if another manager is registered for the provider. Pass `{ replace: true }` to replace it.
   */
  register(manager: ApiKeyManager, options: { readonly replace?: boolean } = {}): void {
    const pool = poolOf(manager);
    checkOptionNames('options', options, optionNames, '{ replace: true }');
    const { provider } = pool;
    const before = this.#entries.get(provider)?.manager;
    if (before !== manager && this.has(provider) && options.replace !== true) {
      throw new InvalidOptionsError(
        `A key manager for "${provider}" is registered already. Pass { replace: true }, put all keys into one manager, or ` +
          'register it with registerOnce().',
      );
    }
    this.#entries.set(provider, { manager });
    if (before && before !== manager) pool.takeOver(poolOf(before));
  }

  /**
   * Registers the manager that `create` returns, unless a manager is registered for the provider: for a module that is evaluated more
   * than once. Returns the registered manager.
   *
   * @throws InvalidOptionsError if `create` returns anything but a manager of this provider.
   * @example
   * const manager = registry.registerOnce('openai', () => OpenAIKeyManager.fromEnv({ strategy: 'round-robin' }));
   */
  registerOnce<P extends ProviderName>(provider: P, create: () => KeyManagerOf<P>): KeyManagerOf<P> {
    checkProviderName('The name of a provider', provider);
    checkCreate(create);
    if (!this.has(provider)) {
      const manager: ApiKeyManager = create();
      const made = poolOf(manager).provider;
      if (made !== provider) {
        throw new InvalidOptionsError(
          `registerOnce('${provider}') expects a manager of this provider, not of "${made}".`,
        );
      }
      this.register(manager);
    }
    return this.get(provider);
  }

  /**
   * Registers a factory for a provider's default manager; for adapter packages. Ignored if the name is already taken.
   *
   * @throws InvalidOptionsError for a name that no provider can have.
   */
  registerDefault(provider: string, create: () => ApiKeyManager): void {
    checkProviderName('The name of a provider', provider);
    checkCreate(create);
    if (!this.#entries.has(provider)) this.#entries.set(provider, { create });
  }

  /**
   * Returns the manager of a provider. Creates the default manager at the first call.
   *
   * @throws UnknownProviderError for an unknown name; the message lists the known providers.
   * @throws NoApiKeysError if the default manager finds no key.
   */
  get<P extends ProviderName>(provider: P): KeyManagerOf<P> {
    if ((this as unknown) === undefined) throw withoutObject('registry', 'get');
    const entry = this.#entries.get(provider);
    if (!entry) throw this.#unknown(provider);
    entry.manager ??= created(entry);
    return entry.manager as KeyManagerOf<P>;
  }

  /** Whether a manager is registered for a provider. The default of an adapter does not count; see `isKnown`. */
  has(provider: string): boolean {
    const entry = this.#entries.get(provider);
    return entry !== undefined && !entry.create;
  }

  /** Whether a provider has a manager or a default. Creates nothing. */
  isKnown(provider: string): boolean {
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
    const list = known.length > 0 ? known.join(', ') : 'none';
    return new UnknownProviderError(
      provider.length > 20 ? '…' : shortened(provider),
      `Unknown provider ${shownProvider(given)} (known: ${list}).${adviceOn(given, known)}`,
    );
  }
}

explainDetached(KeyManagerRegistry.prototype, 'registry', 'get');

/** @throws InvalidOptionsError for anything but a function, and for a class. */
function checkCreate(create: unknown): void {
  const kind = shownKind(create);
  if (kind === 'a function') return;
  throw new InvalidOptionsError(
    `Expected a function that returns a key manager; the value is ${kind}. Write () => OpenAIKeyManager.fromEnv().`,
  );
}

function created({ create }: Entry): ApiKeyManager {
  const manager = create?.();
  poolOf(manager);
  return manager as ApiKeyManager;
}

function adviceOn(given: unknown, known: readonly string[]): string {
  if (shownKind(given) === 'a key manager') return ' It is a key manager: write manager.provider.';
  const name = typeof given === 'string' ? (synonyms.get(given.toLowerCase()) ?? given) : '';
  if (servers.has(name))
    return ` Register it: openAICompatible('${name}').createKeyManager() of @api-key-fallback/openai.`;
  const meant = adapters.includes(name) || known.includes(name) ? name : closestName(name, [...known, ...adapters]);
  const question = meant === undefined || meant === given ? '' : ` Did you mean "${meant}"?`;
  const isMissing = meant !== undefined && !known.includes(meant);
  const instead = isMissing
    ? `Install and import @api-key-fallback/${meant}`
    : 'Import its adapter, or register() a key manager';
  return `${question} ${instead}.`;
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
