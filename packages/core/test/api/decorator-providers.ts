import { ApiKeyManager, customProvider, registry, type CustomProvider } from '../../src/index.ts';
import { defineAdapter, type ErrorVerdict } from '../../src/adapter.ts';

/** A client like that of a vendor's SDK: a class, bound to one key. */
export class AcmeClient {
  readonly token: string;

  constructor(token: string) {
    this.token = token;
  }
}

export class BetaClient extends AcmeClient {
  readonly region: string = 'eu';
}

declare module '../../src/index.ts' {
  interface KeyManagers {
    acme: ApiKeyManager<AcmeClient>;
    beta: ApiKeyManager<BetaClient>;
  }
}

/** A provider without a declared type, whose adapter creates no clients. */
export const inHouse: CustomProvider<'in-house'> = customProvider('in-house');

/** An error that carries the verdict of the adapters. */
export class ProviderError extends Error {
  readonly verdict: ErrorVerdict;

  constructor(verdict: ErrorVerdict) {
    super(verdict.reason);
    this.verdict = verdict;
  }
}

export const transient = (): ProviderError => new ProviderError({ kind: 'transient', reason: 'overloaded' });
export const invalidKey = (): ProviderError => new ProviderError({ kind: 'invalid-key', reason: 'revoked' });
export const callerError = (): ProviderError => new ProviderError({ kind: 'caller-error', reason: 'bad_request' });

function classifyError(error: unknown): ErrorVerdict | undefined {
  return error instanceof ProviderError ? error.verdict : undefined;
}

export const acmeAdapter = defineAdapter({
  name: 'acme',
  displayName: 'Acme',
  env: 'ACME_API_KEY',
  classifyError,
  createClient: (secret) => new AcmeClient(secret),
});

const betaAdapter = defineAdapter({
  name: 'beta',
  displayName: 'Beta',
  env: 'BETA_API_KEY',
  classifyError,
  createClient: (secret) => new BetaClient(secret),
});

const inHouseAdapter = defineAdapter({
  name: inHouse,
  displayName: 'In-house',
  env: 'IN_HOUSE_API_KEY',
  classifyError,
});

export const acmeKeys = ['acme-key-one-00001', 'acme-key-two-00002', 'acme-key-three-03'] as const;
export const betaKeys = ['beta-key-one-00001', 'beta-key-two-00002'] as const;
export const inHouseKeys = ['in-house-key-00001'] as const;

interface FakeTime {
  /** All requested pauses, in ms. */
  readonly pauses: number[];
  /** Called when a pause begins. */
  onPause: () => void;
}

/** The pauses of all managers made by {@link useProvider}. They take no time. */
export const time: FakeTime = { pauses: [], onPause: () => {} };

const runtime = {
  now: () => 1_000,
  random: () => 0.5,
  sleep: async (ms: number, signal?: AbortSignal) => {
    time.pauses.push(ms);
    time.onPause();
    signal?.throwIfAborted();
  },
};

/** Registers fresh keys for a provider. */
export function useProvider<Client>(
  adapter: ReturnType<typeof defineAdapter<Client>>,
  keys: readonly string[],
): ApiKeyManager<Client> {
  const manager = new ApiKeyManager(adapter, keys, { logger: false, runtime });
  registry.unregister(manager.provider);
  registry.register(manager);
  return manager;
}

/** Registers three keys of acme, two of beta and one of the in-house provider, all healthy. */
export function useAllProviders(): void {
  time.pauses.length = 0;
  time.onPause = () => {};
  useProvider(acmeAdapter, acmeKeys);
  useProvider(betaAdapter, betaKeys);
  useProvider(inHouseAdapter, inHouseKeys);
}
