import { inspect } from 'node:util';
import {
  alertmanager,
  describeNotification,
  discord,
  email,
  slack,
  teams,
  webhook,
  type Channel,
} from '@api-key-fallback/alerts';
import { customProvider } from '@api-key-fallback/core';
import { createTestManager } from '@api-key-fallback/testing';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MailServer } from './mail-server.ts';
import { TestDelivery } from '../delivery/test-delivery.ts';
import { refusedKey, sampleAlert, sampleNotification } from '../sample-notification.ts';
import { Sink, type SinkAnswer } from '../sink.ts';

const key = 'quiet-key-of-no-known-shape-4711';
const path = 'services/T0A1B2C3/B4D5E6F7/hidden-token-of-the-webhook';
const secret = `whsec_${Buffer.from('a signing secret for this test..').toString('base64')}`;
const password = 'password-of-the-receiver';

let sink: Sink;
let mailServer: MailServer;
let warnings: string[];

function keepWarning(warning: Error): void {
  warnings.push(String(warning));
}

beforeEach(async () => {
  sink = await Sink.start();
  mailServer = await MailServer.start();
  warnings = [];
  process.on('warning', keepWarning);
  createTestManager(
    { name: customProvider('quiet'), displayName: 'Quiet', env: 'QUIET_KEY', classifyError: () => undefined },
    { keys: [key] },
  );
});
afterEach(async () => {
  process.off('warning', keepWarning);
  await sink[Symbol.asyncDispose]();
  await mailServer[Symbol.asyncDispose]();
});

function allChannels(): Channel[] {
  const url = `${sink.url}/${path}?token=${password}`;
  const auth = { user: 'mail-user-of-the-team', pass: password };
  const transport = createTransport({ host: '127.0.0.1', port: mailServer.port, auth, ignoreTLS: true });
  return [
    slack(url),
    discord(url),
    teams(url),
    webhook(url, { secret, headers: { authorization: `Bearer ${password}` } }),
    alertmanager(url, { headers: { authorization: `Bearer ${password}` } }),
    email({ transport, from: 'alerts@keys.example', to: 'ops@example.com' }),
    {
      name: 'own',
      // As HTTP clients do it.
      send: () => Promise.reject(new Error(`Response code 500: POST ${url} with key ${key}`)),
    },
  ];
}

/** Whatever an application could write into a log. */
function renderings(value: unknown): string[] {
  return [String(value), JSON.stringify(value), inspect(value, { depth: 10, showHidden: true, getters: true })];
}

const hidden = [path, 'T0A1B2C3', 'hidden-token', password, secret, secret.slice(6), 'mail-user-of-the-team'];

function expectNothingHidden(texts: readonly string[]): void {
  const text = texts.join('\n');
  for (const part of [...hidden, sink.url, new URL(sink.url).host, key]) expect(text).not.toContain(part);
}

it('a channel shows neither its URL nor its secret, headers or password', () => {
  const channels = allChannels();
  expect(inspect(channels)).toContain("name: 'slack'");
  expectNothingHidden(channels.slice(0, -1).flatMap(renderings));
});

it.each<SinkAnswer>([400, 500, 'reset', { status: 308, headers: { location: `/${path}` } }])(
  'no log line, result or status shows a key, a URL or a secret, after %o',
  async (answer) => {
    sink.answers = [answer];
    mailServer.refusal = 550;
    const delivery = new TestDelivery(...allChannels());
    const results = await delivery.test(sampleNotification({ kind: 'test', alerts: [] }));
    expect(results.map(({ isDelivered }) => isDelivered)).toEqual(Array.from({ length: 7 }, () => false));
    void delivery.send('a');
    for (let tries = 1; tries <= 5; tries++) {
      await delivery.settled();
      delivery.clock.advance(3_600_000);
    }
    expect(delivery.lines).toHaveLength(7);
    expect(delivery.deliveries().map(({ kind }) => kind)).toEqual(expect.arrayContaining(['alert', 'test']));
    expectNothingHidden([
      ...delivery.lines,
      ...warnings,
      ...[results, delivery.status(), delivery.deliveries(), delivery].flatMap(renderings),
    ]);
    delivery.close();
  },
);

it('no message holds a key, of whatever field', async () => {
  const keys = [refusedKey(`label ${key}`, { masked: key, lastError: `refused ${key}`, reason: key })];
  const alert = sampleAlert({
    rule: `rule ${key}`,
    message: `text ${key}`,
    displayName: key,
    keys,
    values: { source: key },
  });
  const source = { ...alert, rule: 'source.stale' };
  const notification = sampleNotification({
    displayName: key,
    dashboardUrl: `https://keys.example/?a=${key}`,
    alerts: [alert, source],
  });
  const delivery = new TestDelivery(...allChannels().slice(0, -1));
  await delivery.deliver(notification);
  await delivery.flush(10_000);
  expect(sink.posts).toHaveLength(5);
  const texts = [...sink.posts.map(({ body }) => body), JSON.stringify(describeNotification(notification))];
  for (const text of texts) expect(text).toContain('[redacted]');
  expect(texts.join('\n')).not.toContain('no-known-shape');
  expect(JSON.stringify(mailServer.mails.map(({ subject, text, html }) => ({ subject, text, html })))).not.toContain(
    'no-known-shape',
  );
});
