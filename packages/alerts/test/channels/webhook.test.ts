import { webhook } from '@api-key-fallback/alerts';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { atMs, sampleNotification } from '../sample-notification.ts';
import { failureOf, sendThrough } from '../send-through.ts';
import { Sink, type ReceivedPost } from '../sink.ts';

const secret = `whsec_${Buffer.from('a secret of 32 bytes for testing').toString('base64')}`;
const otherSecret = `whsec_${Buffer.from('another one of 32 bytes as well.').toString('base64')}`;

let sink: Sink;

beforeEach(async () => {
  sink = await Sink.start();
});
afterEach(async () => {
  vi.useRealTimers();
  await sink[Symbol.asyncDispose]();
});

function only(): ReceivedPost {
  expect(sink.posts).toHaveLength(1);
  return sink.posts[0] as ReceivedPost;
}

it('posts the notification with its title and text', async () => {
  await sendThrough(webhook(`${sink.url}/alerts?team=ops`));
  const { method, path, headers } = only();
  expect({ method, path, type: headers['content-type'] }).toEqual({
    method: 'POST',
    path: '/alerts?team=ops',
    type: 'application/json',
  });
  const { data, ...envelope } = sink.json();
  expect(envelope).toEqual({ type: 'api_key_fallback.alert', timestamp: '2026-11-30T03:24:00.000Z' });
  expect(data).toEqual({
    ...sampleNotification(),
    title: 'OpenAI: no key left',
    text: expect.stringContaining('None of the 2 keys of OpenAI can be used.'),
  });
  expect(data.atMs).toBe(atMs);
});

it('sends the headers that it was given', async () => {
  await sendThrough(webhook(sink.url, { headers: { Authorization: 'Bearer of-the-receiver' } }));
  expect(only().headers).toMatchObject({ authorization: 'Bearer of-the-receiver' });
});

it('is not signed without a secret, but has an id', async () => {
  await sendThrough(webhook(sink.url));
  expect(only().headers).toMatchObject({ 'webhook-id': sampleNotification().id });
  expect(only().headers).not.toHaveProperty('webhook-signature');
});

describe.each([
  ['svix', SvixWebhook],
  ['standardwebhooks', StandardWebhook],
])('a receiver with %s', (_name, Webhook) => {
  async function receive(): Promise<{ body: string; headers: Record<string, string> }> {
    await sendThrough(webhook(sink.url, { secret }));
    const { body, headers } = only();
    return { body, headers: headers as Record<string, string> };
  }

  it('accepts the signature', async () => {
    const { body, headers } = await receive();
    expect(() => new Webhook(secret).verify(body, headers)).not.toThrow();
  });

  it('refuses another body, another id, another time and another secret', async () => {
    const { body, headers } = await receive();
    const verifier = new Webhook(secret);
    const later = String(Number(headers['webhook-timestamp']) + 1);
    expect(() => verifier.verify(body.replace('critical', 'info'), headers)).toThrow('signature');
    expect(() => verifier.verify(body, { ...headers, 'webhook-id': 'another' })).toThrow('signature');
    expect(() => verifier.verify(body, { ...headers, 'webhook-timestamp': later })).toThrow('signature');
    expect(() => new Webhook(otherSecret).verify(body, headers)).toThrow('signature');
  });

  it('refuses a request of ten minutes ago', async () => {
    vi.useFakeTimers({ now: Date.now() - 600_000, toFake: ['Date'] });
    const { body, headers } = await receive();
    vi.useRealTimers();
    expect(() => new Webhook(secret).verify(body, headers)).toThrow('too old');
  });
});

it('has the same id in each try, so that a receiver knows a repetition, and a new time', async () => {
  const channel = webhook(sink.url, { secret });
  vi.useFakeTimers({ now: Date.now() - 100_000, toFake: ['Date'] });
  await sendThrough(channel);
  vi.useRealTimers();
  await sendThrough(channel);
  const [first, second] = sink.posts.map(({ headers }) => headers);
  expect(second?.['webhook-id']).toBe(first?.['webhook-id']);
  expect(Number(second?.['webhook-timestamp'])).toBeGreaterThan(Number(first?.['webhook-timestamp']));
});

describe('says how to go on', () => {
  it.each([
    [500, { isFinal: false, stopsChannel: false }],
    [503, { isFinal: false, stopsChannel: false }],
    [408, { isFinal: false, stopsChannel: false }],
    [425, { isFinal: false, stopsChannel: false }],
    [429, { isFinal: false, stopsChannel: false }],
    [400, { isFinal: true, stopsChannel: false }],
    [404, { isFinal: true, stopsChannel: false }],
    [410, { isFinal: true, stopsChannel: true }],
  ])('after %i', async (status, expected) => {
    sink.answers = [status];
    const error = await failureOf(webhook(sink.url));
    expect(error).toMatchObject({ message: `The server answers ${status}.`, ...expected });
    expect(error.retryAfterMs).toBeUndefined();
  });

  it.each([429, 503])('after %i with Retry-After', async (status) => {
    sink.answers = [{ status, headers: { 'retry-after': '7' } }];
    expect(await failureOf(webhook(sink.url))).toMatchObject({ retryAfterMs: 7000 });
    sink.answers = [{ status, headers: { 'retry-after': new Date(Date.now() + 60_000).toUTCString() } }];
    const { retryAfterMs } = await failureOf(webhook(sink.url));
    expect(retryAfterMs).toBeGreaterThan(55_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  it('after a redirect, which it does not follow', async () => {
    sink.answers = [{ status: 308, headers: { location: `${sink.url}/elsewhere` } }, 204];
    expect(await failureOf(webhook(sink.url))).toMatchObject({ message: 'The server answers 308.', isFinal: true });
    expect(sink.posts).toHaveLength(1);
  });

  it('after a connection that breaks, and one that is refused', async () => {
    sink.answers = ['reset'];
    expect(await failureOf(webhook(sink.url))).toMatchObject({
      message: expect.stringMatching(/^The connection fails \([A-Z_]+\)\.$/),
      isFinal: false,
    });
    await using closed = await Sink.start();
    const channel = webhook(closed.url);
    await closed[Symbol.asyncDispose]();
    expect(await failureOf(channel)).toMatchObject({ message: 'The connection fails (ECONNREFUSED).', isFinal: false });
  });

  it('ends a request that hangs when its signal aborts', async () => {
    sink.answers = ['hang'];
    const reason = new Error('too slow');
    const controller = new AbortController();
    const sending = webhook(sink.url).send(sampleNotification(), { signal: controller.signal });
    await sink.received(1);
    controller.abort(reason);
    await expect(sending).rejects.toBe(reason);
  });
});
