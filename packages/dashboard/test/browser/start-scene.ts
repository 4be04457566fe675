import { createHash } from 'node:crypto';
import {
  ApiKeyManager,
  customProvider,
  KeyFailedError,
  type ApiKeyInput,
  type KeyFailure,
  type KeyManagerOptions,
} from '@api-key-fallback/core';
import { defineAdapter, type ProviderAdapter } from '@api-key-fallback/core/adapter';
import {
  createDashboard,
  type Dashboard,
  type DashboardOptions,
  type DashboardServer,
} from '@api-key-fallback/dashboard';
import { onTestFinished } from 'vitest';

export const token = 'Zk4-the-token-of-the-test-9Xq';

/** The key with a label. Made up, the same in each run. */
export function keyOf(label: string): string {
  return `sk-${createHash('sha256').update(label).digest('base64url').replaceAll(/[_-]/g, 'x')}`;
}

/** A pool of keys. */
export interface PoolPlan extends KeyManagerOptions {
  /** @default 'acme' */
  readonly provider?: string;
  /** Labels, or keys without their secrets. */
  readonly keys: readonly (string | Partial<ApiKeyInput & object>)[];
}

export interface ScenePlan extends Partial<Omit<DashboardOptions, 'alerts' | 'managers'>> {
  /** @default one pool of three keys: main, spare, and old, which the provider refuses when it is tested */
  readonly pools?: readonly PoolPlan[];
  readonly alerts?: (managers: readonly ApiKeyManager[]) => NonNullable<DashboardOptions['alerts']>;
  /** @default `listen()` of the dashboard */
  readonly serve?: (dashboard: Dashboard, port: number) => Promise<DashboardServer>;
}

/** How a key fails. */
export interface KeyOutcome {
  readonly kind: KeyFailure;
  readonly retryAfterMs?: number;
  readonly recheckAfterMs?: number;
  readonly cause?: unknown;
}

const displayNames: Readonly<Record<string, string>> = { acme: 'Acme', videos: 'Videos', bulk: 'Bulk' };

/** Key managers and their dashboard on a port of this computer. */
export class Scene {
  readonly managers: readonly ApiKeyManager[];
  readonly #plan: ScenePlan;
  readonly #runtime = { now: () => Date.now() + this.#skippedMs };
  #skippedMs = 0;
  #dashboard: Dashboard | undefined;
  #server: DashboardServer | undefined;

  constructor(plan: ScenePlan) {
    this.#plan = plan;
    const pools = plan.pools ?? [{ keys: ['main', 'spare', 'old'] }];
    this.managers = pools.map((pool) => managerOf({ ...pool, runtime: this.#runtime }));
    onTestFinished(() => this.stop());
  }

  /** The address of the dashboard. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  get port(): number {
    return this.#server?.port ?? 0;
  }

  /** The address that signs in. `page` begins with a slash. */
  link(page = '/overview'): string {
    return `${this.url}#${page}${page.includes('?') ? '&' : '?'}token=${token}`;
  }

  manager(provider = 'acme'): ApiKeyManager {
    const found = this.managers.find((manager) => manager.provider === provider);
    if (!found) throw new Error(`The scene has no pool of ${provider}.`);
    return found;
  }

  key(label: string, provider = 'acme') {
    const found = this.manager(provider)
      .status()
      .keys.find((key) => key.label === label);
    if (!found) throw new Error(`${provider} has no key ${label}.`);
    return found;
  }

  /** Makes it later, because charts show calls only when their 10 s are over. */
  skip(ms: number): void {
    this.#skippedMs += ms;
  }

  /** Starts the dashboard: at first on a port that the system chooses, later on the same one. */
  async start(): Promise<void> {
    const { pools: _, alerts, serve = (dashboard, port) => dashboard.listen({ port }), ...options } = this.#plan;
    this.#dashboard = createDashboard({
      auth: { token, actor: 'ana' },
      logger: false,
      managers: this.managers,
      runtime: this.#runtime,
      ...(alerts ? { alerts: alerts(this.managers) } : {}),
      ...options,
    });
    this.#server = await serve(this.#dashboard, this.port);
  }

  /** Ends the dashboard as the end of its process would: no connection is closed in good order. */
  async stop(): Promise<void> {
    await this.#server?.close();
    await this.#dashboard?.close();
  }
}

/** Starts a dashboard for one test. */
export async function startScene(plan: ScenePlan = {}): Promise<Scene> {
  const scene = new Scene(plan);
  await scene.start();
  return scene;
}

/** A manager of keys with these labels. */
export function managerOf({ provider = 'acme', keys, ...options }: PoolPlan): ApiKeyManager {
  const list = keys.map((key): ApiKeyInput => {
    const fields = typeof key === 'string' ? { label: key } : (key as { readonly label: string });
    return { key: keyOf(fields.label), ...fields };
  });
  const quiet = { logger: false, retryBudget: false, store: false } as const;
  const manager = new ApiKeyManager(adapterOf(provider), list, { ...quiet, ...options });
  onTestFinished(() => manager.close());
  return manager;
}

/** Makes a call in which the keys with these labels fail. It may fail too. */
export async function call(
  manager: ApiKeyManager,
  failing: Readonly<Record<string, KeyOutcome>> = {},
  options: { readonly operation?: string; readonly cost?: { readonly units?: number } } = {},
): Promise<void> {
  const outcomes = new Map(Object.entries(failing).map(([label, outcome]) => [keyOf(label), outcome]));
  const made = manager.retryWithFallback(
    (key: string) => {
      const outcome = outcomes.get(key);
      if (!outcome) return 'answer';
      const { kind, ...rest } = outcome;
      throw new KeyFailedError(kind as 'rate-limited', rest);
    },
    { maxRetries: 1, ...options },
  );
  await made.catch(() => {});
}

function adapterOf(provider: string): ProviderAdapter {
  return defineAdapter({
    name: customProvider(provider),
    displayName: displayNames[provider] ?? provider,
    env: `${provider.toUpperCase()}_API_KEY`,
    timeZone: 'America/Sao_Paulo',
    classifyError: () => undefined,
    probe: async (key) =>
      key === keyOf('old')
        ? { outcome: 'refused', verdict: { kind: 'invalid-key', reason: 'wrong_key' } }
        : { outcome: 'working' },
  });
}
