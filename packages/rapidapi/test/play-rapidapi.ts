import { AllKeysFailedError, retryWithApiKeyFallback, injectKeys, registry, type ApiKey } from '@api-key-fallback/core';
import type { ErrorVerdict } from '@api-key-fallback/core/adapter';
import { startProviderServer, type ProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import { afterEach, expect } from 'vitest';
import { thrownBy } from '../../../test-support/provoked-failure.ts';
import { rapidApiAdapter, rapidApiFetch, RapidApiKeyManager, type RapidApiKeyManagerOptions } from '../src/index.ts';

export const keys: readonly string[] = [1, 2, 3, 4].map(
  (number) => `${number}a2b3c4d5emsh6f7a8b9c0d1e2f3p1a4b5cjsn6d7e8f9a0b1c`,
);
export const [key = ''] = keys;
export const weather = 'weather.p.rapidapi.com';
export const football = 'football.p.rapidapi.com';

/** Noon on a day in July. */
export const noon: number = Date.parse('2026-07-01T12:00:00Z');

/** A clock that tests move by hand. Pauses end immediately. */
class Clock {
  time: number = noon;
  readonly now = (): number => this.time;
  readonly sleep = async (ms: number): Promise<void> => {
    this.time += ms;
  };
}

class RapidService {
  readonly errors: unknown[] = [];
  readonly #baseUrl: string;

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl;
  }

  @retryWithApiKeyFallback({ provider: 'rapidapi', maxRetries: 3, delay: 0, operation: weather })
  async forecast(_apiKey: ApiKey<'rapidapi'>, path: string, signal?: AbortSignal): Promise<unknown> {
    return this.#get(weather, path, signal);
  }

  @retryWithApiKeyFallback({ provider: 'rapidapi', maxRetries: 3, delay: 0, operation: football })
  async matches(_apiKey: ApiKey<'rapidapi'>, path: string): Promise<unknown> {
    return this.#get(football, path);
  }

  /** Passes its signal to `fetch`, not to the decorator. */
  @retryWithApiKeyFallback({ provider: 'rapidapi', maxRetries: 3, delay: 0, operation: weather })
  async forecastUntil(_apiKey: ApiKey<'rapidapi'>, { until }: { readonly until: AbortSignal }): Promise<unknown> {
    return this.#get(weather, '/v1/today', until);
  }

  async #get(host: string, path: string, signal?: AbortSignal): Promise<unknown> {
    try {
      const response = await rapidApiFetch(host, path, { baseUrl: this.#baseUrl, ...(signal ? { signal } : {}) });
      return await response.json();
    } catch (error) {
      this.errors.push(error);
      throw error;
    }
  }
}

export interface Play extends AsyncDisposable {
  readonly server: ProviderServer;
  readonly manager: RapidApiKeyManager;
  readonly service: ReturnType<typeof makeService>;
  readonly clock: Clock;
}

function makeService(baseUrl: string) {
  return injectKeys(new RapidService(baseUrl));
}

afterEach(() => {
  registry.unregister('rapidapi');
});

/** Starts a server with a script per key, and a service whose manager holds these keys. */
export async function play(
  scripts: readonly (readonly ProviderStep[])[],
  options: RapidApiKeyManagerOptions = {},
): Promise<Play> {
  const server = await startProviderServer({
    keys: Object.fromEntries(scripts.map((script, index) => [keys[index], script])),
  });
  const clock = new Clock();
  const manager = new RapidApiKeyManager(keys.slice(0, scripts.length), {
    logger: false,
    runtime: clock,
    ...options,
  });
  registry.unregister(manager.provider);
  registry.register(manager);
  return { server, manager, clock, service: makeService(server.url), [Symbol.asyncDispose]: () => server.close() };
}

/** Plays this step for a single key; returns the error thrown in the method and the one that the call rejects with. */
export async function provoke(
  step: ProviderStep,
  signal?: AbortSignal,
): Promise<{ error: unknown; rejection: unknown; requests: number; manager: RapidApiKeyManager }> {
  await using running = await play([[step]]);
  const { service, server, manager } = running;
  const rejection = await thrownBy(service.forecast('/v1/today', signal));
  const error = service.errors.at(-1) ?? rejection;
  expect(rejection instanceof AllKeysFailedError ? rejection.cause : rejection).toBe(error);
  return { error, rejection, requests: server.requestCount(), manager };
}

export function classify(error: unknown, operation?: string): ErrorVerdict | undefined {
  return rapidApiAdapter.classifyError(error, { now: noon, ...(operation === undefined ? {} : { operation }) });
}

/** Classifies the error that `rapidApiFetch` throws. */
export async function judge(step: ProviderStep, signal?: AbortSignal): Promise<Record<string, unknown>> {
  return { ...classify((await provoke(step, signal)).error) };
}

/** A response of the gateway. */
export function answer(status: number, message: string, headers: Readonly<Record<string, string>> = {}): ProviderStep {
  return { status, headers: { 'x-rapidapi-proxy-response': 'true', ...headers }, body: { message } };
}
