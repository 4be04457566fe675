import { watchKeys, type AlertWatch } from '@api-key-fallback/alerts';
import type { ApiKeyManager } from '@api-key-fallback/core';
import { call, keyOf, startScene, type PoolPlan, type Scene, type ScenePlan } from './start-scene.ts';

const minuteMs = 60_000;
const tenants = Array.from({ length: 200 }, (_, index) => `tenant-${String(index + 1).padStart(3, '0')}`);

const acme: PoolPlan = {
  keys: [
    { label: 'main', group: 'team-a', limits: { requestsPerMinute: 60, requestsPerDay: 1000 } },
    { label: 'spare', group: 'team-a', limits: { requestsPerMinute: 60 } },
    'old',
    'paused',
    { label: 'small', limits: { requestsPerDay: 1 } },
    'backup',
  ],
};
const videos: PoolPlan = {
  provider: 'videos',
  keys: ['reader', 'writer', 'archive'].map((label) => ({ label, limits: { unitsPerDay: 10_000 } })),
};
const bulk: PoolPlan = { provider: 'bulk', keys: tenants };

/** Starts a dashboard of three pools with keys in each state, calls of each outcome, and alerts that fire. */
export async function troubledScene(plan: ScenePlan = {}): Promise<Scene> {
  const scene = await startScene({ pools: [acme, videos, bulk], alerts: alertsOf, environment: 'production', ...plan });
  const manager = scene.manager();
  await call(manager);
  manager.disable(keyOf('paused'), { actor: 'bob' });
  manager.prefer(keyOf('small'));
  await call(manager);
  manager.endPreference();
  manager.prefer(keyOf('spare'));
  await call(manager, { spare: { kind: 'transient', cause: 'The server is overloaded.' } });
  manager.prefer(keyOf('old'));
  await call(manager, { old: { kind: 'invalid-key', cause: 'Incorrect API key.' } });
  manager.endPreference();
  await call(manager, { main: { kind: 'rate-limited', retryAfterMs: 5 * minuteMs } }, { operation: 'chat' });
  const reading = { operation: 'search.list', cost: { units: 100 } };
  for (let calls = 0; calls < 3; calls++) await call(scene.manager('videos'), {}, reading);
  await call(scene.manager('videos'), { reader: { kind: 'quota-exhausted' } }, reading);
  await troubleTenants(scene.manager('bulk'));
  scene.skip(10_000);
  return scene;
}

async function troubleTenants(manager: ApiKeyManager): Promise<void> {
  const out = { kind: 'rate-limited', retryAfterMs: 3 * minuteMs } as const;
  await call(manager, { 'tenant-001': { kind: 'invalid-key' }, 'tenant-002': out });
  await call(manager, { 'tenant-003': out, 'tenant-004': { kind: 'transient' } });
  manager.disable(keyOf('tenant-200'));
}

function alertsOf(managers: readonly ApiKeyManager[]): AlertWatch {
  async function oncall(): Promise<void> {}
  async function pager(): Promise<void> {
    throw new Error('The pager is off.');
  }
  return watchKeys({ managers, channels: [oncall, pager], groupWaitMs: 0, logger: false });
}
