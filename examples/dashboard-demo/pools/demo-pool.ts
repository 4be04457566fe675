import type { ApiKeyManager, FallbackOptions, KeyManagerOptions, Runtime } from '@api-key-fallback/core';
import type { Provider } from '../provider/start-provider.ts';
import type { Scene } from '../scene.ts';
import type { Traffic } from '../traffic.ts';

/** The keys of one provider, and an application that calls it. */
export interface DemoPool {
  readonly manager: ApiKeyManager;
  /** Calls the provider until the traffic ends. */
  run(): Promise<unknown>;
}

/** What a pool is made with. */
export interface DemoSetting extends Traffic {
  readonly scene: Scene;
  readonly provider: Provider;
  readonly clock: Runtime;
}

/** The options of all managers of the demo. */
export function managerOptions({ clock }: DemoSetting): KeyManagerOptions {
  // Neither the log of the calls nor what an earlier demo knew.
  return { logger: false, store: false, latency: true, runtime: clock };
}

/** How all calls of the demo retry. */
export function callOptions({ signal }: DemoSetting): FallbackOptions {
  return { maxRetries: 3, delay: 200, signal };
}
