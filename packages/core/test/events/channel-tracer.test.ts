import { AsyncLocalStorage } from 'node:async_hooks';
import { channel, tracingChannel, type TracingChannelSubscribers } from 'node:diagnostics_channel';
import { afterEach, describe, expect, it } from 'vitest';
import { invalidKey, ok, scriptKeys, throws } from '../scripted-keys.ts';

interface Message {
  readonly provider: string;
  readonly callId: string;
  readonly attemptNumber?: number;
  readonly key?: { readonly label: string };
  readonly end?: { readonly outcome: string; readonly durationMs: number };
  readonly error?: Error;
}

type Line = readonly [name: string, message: Message];

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** Records what a tracing channel publishes, in order. */
function record(name: 'call' | 'attempt', lines: Line[] = []): Line[] {
  const tracing = tracingChannel<unknown, Message>(`api-key-fallback.${name}`);
  const on = (event: string) => (message: Message) => void lines.push([`${name} ${event}`, message]);
  const subscribers: TracingChannelSubscribers<Message> = {
    start: on('start'),
    end: on('end'),
    asyncStart: on('asyncStart'),
    asyncEnd: on('asyncEnd'),
    error: on('error'),
  };
  tracing.subscribe(subscribers);
  stops.push(() => tracing.unsubscribe(subscribers));
  return lines;
}

describe('the tracing channels', () => {
  it('publish a call and its attempts, with the same message from start to end', async () => {
    const { call, key } = scriptKeys({ K1: [invalidKey()], K2: [ok] });
    const lines = record('call');
    record('attempt', lines);
    await call();
    expect(lines.map(([name, { key: ofAttempt }]) => [name, ofAttempt?.label].filter(Boolean).join(' '))).toEqual([
      'call start',
      'attempt start key 1',
      'attempt end key 1',
      'call end',
      'attempt error key 1',
      'attempt asyncStart key 1',
      'attempt asyncEnd key 1',
      'attempt start key 2',
      'attempt end key 2',
      'attempt asyncStart key 2',
      'attempt asyncEnd key 2',
      'call asyncStart',
      'call asyncEnd',
    ]);
    const ofCall = lines.filter(([name]) => name.startsWith('call')).map(([, message]) => message);
    expect(new Set(ofCall).size).toBe(1);
    expect(ofCall[0]).toMatchObject({
      provider: 'scripted',
      pool: 'default',
      end: { outcome: 'success', attempts: 2, keysTried: 2 },
    });
    expect(lines[1]?.[1]).toMatchObject({
      callId: ofCall[0]?.callId,
      key: { keyId: key('K1').keyId },
      attemptNumber: 1,
    });
  });

  it('bind the stores of subscribers for what runs inside', async () => {
    const storage = new AsyncLocalStorage<string>();
    const start = channel('tracing:api-key-fallback.attempt:start');
    start.bindStore(storage, (message) => `span of ${(message as Message).key?.label}`);
    stops.push(() => void start.unbindStore(storage));
    const { manager } = scriptKeys({ K1: [ok] });
    await expect(manager.retryWithFallback(async () => storage.getStore())).resolves.toBe('span of key 1');
  });

  it('publish errors without the key that they hold', async () => {
    const key = 'sk-test-2b7e151628aed2a6abf7158809cf4f3c';
    const error = Object.assign(new Error(`refused ${key}`), {
      config: { headers: { authorization: `Bearer ${key}` } },
    });
    const { call } = scriptKeys({ [key]: [throws(error)] });
    const lines = record('attempt', record('call'));
    await expect(call({ maxRetries: 1 })).rejects.toThrow('1 attempt');
    const errors = lines.flatMap(([name, { error: published }]) => (name.endsWith('error') ? [published] : []));
    expect(errors).toMatchObject([
      { message: expect.stringMatching(/^refused /), code: 'transient' },
      { code: 'transient' },
    ]);
    for (const published of errors) {
      expect(`${published?.stack} ${JSON.stringify(published)}`).not.toContain(key);
    }
  });

  it('are not used once the last subscriber has gone', async () => {
    const lines = record('call');
    const { call } = scriptKeys({ K1: [ok] });
    for (const stop of stops.splice(0)) stop();
    await call();
    expect(lines).toEqual([]);
  });
});
