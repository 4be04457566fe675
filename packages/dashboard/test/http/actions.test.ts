import type { WatchedAlerts } from '@api-key-fallback/dashboard';
import { expect, it } from 'vitest';
import { DashboardScene, keyOf, managerOf, problemOf } from './dashboard-scene.ts';

const stateOf = ({ manager }: DashboardScene, label: string) =>
  manager.status().keys.find((key) => key.label === label)?.state;

/** Alerts with one channel, of which only what a test needs is there. */
function alertsOf(test: WatchedAlerts['test']): WatchedAlerts {
  const channel = { channel: 'slack #ops', state: 'working', waiting: 0, lost: 0 } as const;
  const none = (): readonly never[] => [];
  return { firing: none, pending: none, muted: none, rules: none, channels: () => [channel], deliveries: none, test };
}

it('disables, enables and resets a key, and records who did it', async () => {
  const scene = new DashboardScene();
  const actors: unknown[] = [];
  scene.manager.on('*', (name, event) => actors.push([name, (event as { readonly actor?: string }).actor]));
  expect(await (await scene.act('main', 'disable')).json()).toEqual({ action: 'disable' });
  expect(stateOf(scene, 'main')).toBe('disabled');
  expect(await (await scene.act('main', 'enable')).json()).toEqual({ action: 'enable' });
  expect(stateOf(scene, 'main')).toBe('healthy');
  scene.manager.markKeyFailed(keyOf('spare'));
  expect(await (await scene.act('spare', 'reset')).json()).toEqual({ action: 'reset' });
  expect(stateOf(scene, 'spare')).toBe('healthy');
  expect(actors).toEqual([
    ['key.disabled', 'ana'],
    ['key.recovered', 'ana'],
    ['key.cooled-down', undefined],
    ['key.recovered', 'ana'],
  ]);
});

it('puts a key first, and ends that for the key that is first', async () => {
  const scene = new DashboardScene();
  await scene.act('spare', 'prefer');
  expect(scene.manager.status().preferred?.label).toBe('spare');
  await scene.act('main', 'end-preference');
  expect(scene.manager.status().preferred?.label).toBe('spare');
  await scene.act('spare', 'end-preference');
  expect(scene.manager.status().preferred).toBeUndefined();
});

it('checks a key with the provider', async () => {
  const scene = new DashboardScene();
  expect(await (await scene.act('main', 'check')).json()).toEqual({
    action: 'check',
    outcome: 'working',
    latencyMs: 0,
  });
  expect(await (await scene.act('refused', 'check')).json()).toEqual({
    action: 'check',
    outcome: 'refused',
    verdict: 'invalid-key',
    reason: 'wrong_key',
    latencyMs: 0,
  });
  expect([stateOf(scene, 'main'), stateOf(scene, 'refused')]).toEqual(['healthy', 'disabled']);
});

it('finds pools whose names need encoding', async () => {
  const manager = managerOf(['main'], { pool: 'tenant/50% ação' });
  const scene = new DashboardScene({ managers: [manager] });
  const keyId = manager.status().keys[0]?.keyId ?? '';
  const answer = scene.post(`/api/v1/pools/acme/${encodeURIComponent('tenant/50% ação')}/keys/${keyId}/disable`);
  expect(await problemOf(answer)).toBe('200');
  expect(manager.status().keys[0]?.state).toBe('disabled');
});

it('knows only the actions, pools and keys that there are', async () => {
  const scene = new DashboardScene();
  const keyId = scene.keyId('main');
  for (const path of [
    `acme/default/keys/${keyId}/remove`,
    `acme/default/keys/${keyId}/constructor`,
    `acme/none/keys/${keyId}/reset`,
    `none/default/keys/${keyId}/reset`,
    `acme/default/keys/none/reset`,
    `acme/default/keys/${encodeURIComponent(keyOf('main'))}/reset`,
    `acme/%E0%A4%A/keys/${keyId}/reset`,
  ]) {
    expect([path, await problemOf(scene.post(`/api/v1/pools/${path}`))]).toEqual([path, '404 not-found']);
  }
});

it('changes nothing in a dashboard that is read-only', async () => {
  const scene = new DashboardScene({ readOnly: true, alerts: alertsOf(async () => []) });
  for (const action of ['reset', 'disable', 'enable', 'prefer', 'end-preference', 'check', 'none']) {
    expect([action, await problemOf(scene.act('main', action))]).toEqual([action, '405 read-only']);
  }
  expect(await problemOf(scene.post('/api/v1/alerts/channels/slack%20%23ops/test'))).toBe('405 read-only');
  expect(await (await scene.get('/api/v1/session')).json()).toMatchObject({ isReadOnly: true });
  expect(stateOf(scene, 'main')).toBe('healthy');
});

it('sends a test through a channel of alerts, and keeps it in the feed', async () => {
  const sent: unknown[] = [];
  const results = [
    [{ channel: 'slack #ops', isDelivered: true }],
    [{ channel: 'slack #ops', isDelivered: false, error: 'gone' }],
  ];
  const test: WatchedAlerts['test'] = async (name) => {
    sent.push(name);
    return results.shift() ?? [];
  };
  const scene = new DashboardScene({ alerts: alertsOf(test) });
  const path = '/api/v1/alerts/channels/slack%20%23ops/test';
  expect(await (await scene.post(path)).json()).toEqual({ action: 'test-channel', isDelivered: true });
  expect(await (await scene.post(path)).json()).toEqual({ action: 'test-channel', isDelivered: false, error: 'gone' });
  expect(await problemOf(scene.post('/api/v1/alerts/channels/none/test'))).toBe('404 not-found');
  expect(sent).toEqual(['slack #ops', 'slack #ops']);
  const { page } = (await (await scene.get('/api/v1/view?page=events')).json()) as {
    readonly page: { readonly entries: unknown };
  };
  expect(page.entries).toMatchObject({
    rows: {
      1: { name: 'alert.tested', kind: 'actions', channel: 'slack #ops', outcome: 'delivered', actor: 'ana' },
      2: { name: 'alert.tested', outcome: 'failed' },
    },
  });
});

it('knows no channels without alerts', async () => {
  expect(await problemOf(new DashboardScene().post('/api/v1/alerts/channels/slack/test'))).toBe('404 not-found');
});

it('keeps the text of an unexpected error in the log, redacted', async () => {
  const scene = new DashboardScene({
    alerts: alertsOf(() => Promise.reject(new Error(`It quotes ${keyOf('main')}.`))),
  });
  const answer = await scene.post('/api/v1/alerts/channels/slack%20%23ops/test');
  expect([answer.status, await answer.json()]).toEqual([
    500,
    { status: 500, code: 'failed', title: 'The request has failed. See the log of the server.' },
  ]);
  expect(scene.logged).toEqual(['Dashboard: A request has failed: It quotes [redacted].']);
});
