import { ApiKeyManager, customProvider, type KeyManagerOptions } from '@api-key-fallback/core';
import { defineAdapter } from '@api-key-fallback/core/adapter';
import { createDashboard, type Dashboard, type DashboardOptions } from '@api-key-fallback/dashboard';
import { onTestFinished } from 'vitest';
import { FakeClock } from '../../../../test-support/fake-clock.ts';

export const token = 'a-token-of-the-test';

const adapter = defineAdapter({
  name: customProvider('acme'),
  displayName: 'Acme',
  env: 'ACME_API_KEY',
  classifyError: () => undefined,
  probe: async (key) =>
    key.startsWith('refused')
      ? { outcome: 'refused', verdict: { kind: 'invalid-key', reason: 'wrong_key' } }
      : { outcome: 'working' },
});

/** The key with a label. Its parts are no words, so that they are found in texts. */
export function keyOf(label: string): string {
  return `${label}-0123456789abcdefghij`;
}

export function managerOf(labels: readonly string[], options: KeyManagerOptions = {}): ApiKeyManager {
  const keys = labels.map((label) => ({ key: keyOf(label), label }));
  const manager = new ApiKeyManager(adapter, keys, { logger: false, retryBudget: false, store: false, ...options });
  onTestFinished(() => manager.close());
  return manager;
}

/** Makes a call whose first attempt fails with an error of this text. */
export async function failedCall(manager: ApiKeyManager, message: string): Promise<void> {
  const made = manager.retryWithFallback(() => Promise.reject(new Error(message)), { maxRetries: 1 });
  await made.catch(() => {});
}

/** A dashboard without a network, on a clock of the test. */
export class DashboardScene {
  readonly clock = new FakeClock();
  readonly manager: ApiKeyManager;
  readonly dashboard: Dashboard;
  readonly logged: string[] = [];

  constructor(options: Partial<DashboardOptions> = {}) {
    this.manager = managerOf(['main', 'spare', 'refused'], { runtime: this.clock });
    const log = (line: string) => this.logged.push(line);
    this.dashboard = createDashboard({
      auth: { token, actor: 'ana' },
      managers: [this.manager],
      runtime: this.clock,
      logger: { debug: log, info: log, warn: log, error: log },
      ...options,
    });
    onTestFinished(() => this.dashboard.close());
  }

  /** The id of the key with a label. */
  keyId(label: string): string {
    return this.manager.status().keys.find((key) => key.label === label)?.keyId ?? '';
  }

  /** Sends a request to a path below localhost:4321. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return this.dashboard.fetch(new Request(new URL(path, 'http://localhost:4321'), init));
  }

  /** The same with the token. */
  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.fetch(path, { headers: { authorization: `Bearer ${token}`, ...headers } });
  }

  /** Does something, with the token. */
  post(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const given = { authorization: `Bearer ${token}`, 'x-api-key-fallback': '1', ...headers };
    return this.fetch(path, { method: 'POST', headers: given });
  }

  /** Does something with a key of the manager. */
  act(label: string, action: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.post(`/api/v1/pools/acme/default/keys/${this.keyId(label)}/${action}`, headers);
  }

  /** Signs in. Returns the cookie as a browser sends it back. */
  async signIn(headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const response = await this.post('/api/v1/login', headers);
    return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  }
}

/** The status and the code of a problem, such as `401 unauthorized`; the status alone for an answer that is no problem. */
export async function problemOf(answer: Response | Promise<Response>): Promise<string> {
  const response = await answer;
  const isProblem = response.headers.get('content-type') === 'application/problem+json';
  if (!isProblem) return String(response.status);
  const { status, code } = (await response.json()) as { readonly status: number; readonly code: string };
  return status === response.status ? `${status} ${code}` : `${response.status}, but in the problem ${status}`;
}
