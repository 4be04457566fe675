import { alertmanager, type Alert, type Notification } from '@api-key-fallback/alerts';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { AlertmanagerServer, type ShownAlert } from '../alertmanager-server.ts';
import { refusedKey, sampleAlert, sampleNotification } from '../sample-notification.ts';
import { sendThrough } from '../send-through.ts';
import { Sink } from '../sink.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

describe.runIf(inject('hasAlertmanager'))('with an Alertmanager', () => {
  let server: AlertmanagerServer;

  beforeAll(async () => {
    server = await AlertmanagerServer.start();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  /** An alert of now, because Alertmanager forgets those that are over. */
  function alertOf(provider: string, changes: Partial<Alert> = {}): Alert {
    return sampleAlert({ provider, startsAtMs: Date.now() - hourMs, ...changes });
  }

  async function send(alerts: readonly Alert[], changes: Partial<Notification> = {}): Promise<readonly ShownAlert[]> {
    await sendThrough(alertmanager(server.url), { alerts, atMs: Date.now(), ...changes });
    const providers = new Set(alerts.map(({ provider }) => provider));
    return (await server.alerts()).filter(({ labels }) => providers.has(labels['provider'] ?? ''));
  }

  it('shows an alert with its labels, texts, times and link', async () => {
    const alert = alertOf('shown');
    const [shown, ...others] = await send([alert]);
    expect(others).toEqual([]);
    expect(shown).toMatchObject({
      labels: { alertname: 'provider.exhausted', provider: 'shown', pool: 'default', severity: 'critical' },
      annotations: {
        summary: 'OpenAI: no key left',
        description: expect.stringContaining('None of the 2 keys of OpenAI can be used.'),
      },
      startsAt: new Date(alert.startsAtMs).toISOString(),
      generatorURL: 'https://keys.example/dashboard',
    });
    expect(shown?.labels).toHaveProperty('provider');
    expect(Object.keys(shown?.labels ?? {})).toHaveLength(4);
  });

  it('keeps an alert firing for longer than any pause between reminders', async () => {
    const [shown] = await send([alertOf('lasting')]);
    expect(Date.parse(shown?.endsAt ?? '') - Date.now()).toBeGreaterThan(2 * dayMs);
    const [aged] = await send([alertOf('lasting', { startsAtMs: Date.now() - 10 * dayMs })]);
    expect(Date.parse(aged?.endsAt ?? '') - Date.now()).toBeGreaterThan(11 * dayMs);
  });

  it('resolves the same alert when it is over', async () => {
    const alert = alertOf('over');
    await send([alert]);
    expect(await send([{ ...alert, state: 'resolved', endsAtMs: Date.now() - 1000 }], { kind: 'resolved' })).toEqual(
      [],
    );
  });

  it('tells the alerts about two refused keys apart', async () => {
    const alerts = ['KEY_1', 'KEY_2'].map((label) =>
      alertOf('apart', { rule: 'key.invalid', keys: [refusedKey(label)] }),
    );
    const shown = await send(alerts);
    expect(new Set(shown.map(({ labels }) => labels['key']))).toEqual(new Set(['KEY_1', 'KEY_2']));
  });

  it('gets a test as an alert that ends by itself', async () => {
    await send([], { kind: 'test', severity: 'info', provider: 'test' });
    const [shown] = (await server.alerts()).filter(({ labels }) => labels['alertname'] === 'test');
    expect(shown?.annotations['summary']).toBe('A test message');
    expect(Date.parse(shown?.endsAt ?? '')).toBeLessThan(Date.now() + 301_000);
  });
});

it('posts to the address that it was given, below its path, with its headers', async () => {
  await using sink = await Sink.start();
  const headers = { authorization: 'Basic b3Bz' };
  await sendThrough(alertmanager(`${sink.url}/monitoring/`, { headers }));
  await sendThrough(alertmanager(sink.url, { headers }));
  expect(sink.posts.map(({ path }) => path)).toEqual(['/monitoring/api/v2/alerts', '/api/v2/alerts']);
  expect(sink.posts[0]?.headers).toMatchObject(headers);
});

it('posts nothing if a notification has no alert', async () => {
  await using sink = await Sink.start();
  await sendThrough(alertmanager(sink.url), { kind: 'digest', alerts: [] });
  expect(sink.posts).toEqual([]);
  await sendThrough(alertmanager(sink.url), sampleNotification());
  expect(sink.posts).toHaveLength(1);
});
