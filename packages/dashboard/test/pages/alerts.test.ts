import type { AlertWatch } from '@api-key-fallback/alerts';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { WatchedAlert, WatchedAlerts } from '../../src/pages/watched-alerts.ts';
import type { AlertsDocument } from '../../src/protocol/alerts-document.ts';
import { labels, Scene } from '../collect/scene.ts';

const alert = {
  fingerprint: 'f1',
  rule: 'key.invalid',
  severity: 'warning',
  provider: 'acme',
  pool: 'default',
  displayName: 'Acme',
  startsAtMs: 1000,
  keys: labels(10).map((label) => ({ label, masked: 'sk-…ab12' })),
  values: { triedAgainAtMs: 5000 },
  webhookUrl: 'https://secret.example',
} satisfies WatchedAlert & Record<string, unknown>;

const watched: WatchedAlerts = {
  firing: () => [alert],
  pending: () => [{ ...alert, firesAtMs: 9000 }],
  muted: () => [{ ...alert, mutedBy: 'provider.exhausted' }],
  rules: () => [{ name: 'last.key', severity: 'warning', forMs: 0, isOn: true, isBuiltIn: true }],
  channels: () => [
    { channel: 'slack', state: 'failing', waiting: 1, lost: 0, currentTry: 3, lastError: { message: 'gone', atMs: 7 } },
  ],
  deliveries: () =>
    labels(30).map((channel) => ({
      channel,
      atMs: 1,
      durationMs: 2,
      tries: 1,
      isDelivered: true,
      kind: 'alert',
      displayName: 'Acme',
    })),
  test: () => Promise.resolve([]),
};

function alertsOf(alerts?: WatchedAlerts) {
  const scene = new Scene();
  scene.watch([], alerts);
  const { frame, page } = scene.document('page=alerts');
  return { frame, page: page as AlertsDocument };
}

describe('the page of alerts', () => {
  it('shows what watchKeys() returns', () => {
    expectTypeOf<AlertWatch>().toExtend<WatchedAlerts>();
    const { frame, page } = alertsOf(watched);
    expect(frame.firing).toBe(1);
    expect(page.firing).toEqual([
      {
        fingerprint: 'f1',
        rule: 'key.invalid',
        severity: 'warning',
        provider: 'acme',
        pool: 'default',
        displayName: 'Acme',
        startsAtMs: 1000,
        keys: labels(8),
        keyCount: 10,
        values: { triedAgainAtMs: 5000 },
      },
    ]);
    expect(page.pending).toMatchObject([{ firesAtMs: 9000 }]);
    expect(page.muted).toMatchObject([{ mutedBy: 'provider.exhausted' }]);
    expect(page.rules).toEqual([
      { name: 'last.key', severity: 'warning', forMs: 0, isOn: true, isBuiltIn: true, options: {} },
    ]);
    expect(page.channels).toEqual([
      { channel: 'slack', state: 'failing', waiting: 1, lost: 0, tries: 3, lastError: { message: 'gone', atMs: 7 } },
    ]);
    expect(page.deliveries.map(({ channel }) => channel)).toEqual(labels(20));
  });

  it('says when there are no alerts to show', () => {
    const { frame, page } = alertsOf();
    expect(frame.firing).toBe(0);
    expect(page).toMatchObject({ isSetUp: false, firing: [], channels: [] });
  });
});
