import { inspect } from 'node:util';
import type { AllKeysFailedError } from '@api-key-fallback/core';
import {
  ApiKeyManager,
  createKeyedFetch,
  customProvider,
  InvalidOptionsError,
  registry,
  UnknownProviderError,
  type Locale,
} from '@api-key-fallback/core';
import { describe, expect, it, vi } from 'vitest';
import { inWords, recordEvents } from '../events/record-events.ts';
import { scriptedAdapter } from '../scripted-keys.ts';
import { renderings } from '../base/renderings.ts';
import { answer, ok, one, provider, startKeyServer, two } from './start-key-server.ts';

function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('it was expected to fail'),
    (error: unknown) => error,
  );
}

describe('invalid input', () => {
  it('is rejected by createKeyedFetch for invalid options', () => {
    expect(() => createKeyedFetch({ provider, maxRetries: 0 })).toThrow(InvalidOptionsError);
    expect(() => createKeyedFetch({ provider, retries: 1 } as never)).toThrow('Did you mean "maxRetries"?');
    expect(() => createKeyedFetch({ provider, throwOnExhausted: 'no' } as never)).toThrow(
      '"throwOnExhausted" must be true or false',
    );
    for (const [option, message] of [
      [{ signal: AbortSignal.timeout(1000) }, 'pass it with each request'],
      [{ idleTimeout: 1000 }, 'use "bodyTimeout"'],
      [{ bodyTimeout: 0 }, 'must be a number of milliseconds above 0, up to 2147483647; it is 0.'],
    ] as const) {
      expect(() => createKeyedFetch({ provider, ...option } as never)).toThrow(message);
    }
  });

  it.each<[string, unknown, string]>([
    ['a text', 'openai', "it is of type string. Write createKeyedFetch({ provider: 'openai' }), for example."],
    ['nothing', undefined, "it is undefined. Write createKeyedFetch({ provider: 'openai' }), for example."],
    ['no provider', {}, '"provider" is required'],
    ['the keys', { provider, apiKey: 'K1' }, 'Keys go into the list of the key manager'],
    ['an option of the client', { provider, baseURL: 'http://127.0.0.1' }, 'write clientOptions: { baseURL }'],
    ['a timeout', { provider, timeout: 5 }, 'Did you mean "attemptTimeout"?'],
    ['a misspelt name', { provider, maxBuferedBody: 5 }, 'Did you mean "maxBufferedBody"?'],
    ['a manager', new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false }), 'it is a key manager.'],
  ])('by createKeyedFetch says what to write in place of %s', (_name, options, message) => {
    expect(() => createKeyedFetch(options as never)).toThrow(InvalidOptionsError);
    expect(() => createKeyedFetch(options as never)).toThrow(message);
  });

  it('is rejected when fetching for an unknown provider', async () => {
    const keyedFetch = createKeyedFetch({ provider: customProvider('nowhere') });
    expect(await rejection(keyedFetch('http://127.0.0.1:1'))).toBeInstanceOf(UnknownProviderError);
  });

  it('throws for an invalid request like fetch, without an attempt', async () => {
    await using server = await startKeyServer({ [one]: [ok] });
    expect(await rejection(server.keyedFetch()('/no-origin'))).toBeInstanceOf(TypeError);
    expect(server.key(one).usage.attempts).toBe(0);
    const withBody = { method: 'GET', body: 'no' };
    expect(await rejection(server.keyedFetch()(server.url, withBody))).toBeInstanceOf(TypeError);
    expect(server.key(one)).toMatchObject({ state: 'healthy', usage: { attempts: 1 } });
  });

  it('passes plain arguments to a custom fetch', async () => {
    await using server = await startKeyServer({ [one]: [ok] });
    const sent: unknown[] = [];
    const send: typeof fetch = async (input, init) => {
      sent.push([input, init?.body, new Headers(init?.headers).get('authorization'), init?.keepalive]);
      return new Response('made up');
    };
    const response = await server.keyedFetch({ fetch: send })('https://api.example/x', {
      method: 'POST',
      body: 'text',
      keepalive: true,
    });
    expect(await response.text()).toBe('made up');
    expect(sent).toEqual([['https://api.example/x', 'text', `Bearer ${one}`, true]]);
  });

  it('reads the global fetch at each call', async () => {
    await using server = await startKeyServer({ [one]: [ok] });
    const keyedFetch = server.keyedFetch();
    vi.stubGlobal('fetch', async () => new Response('stubbed'));
    const response = await keyedFetch(server.url).finally(() => vi.unstubAllGlobals());
    expect(await response.text()).toBe('stubbed');
  });
});

describe('the output of a keyed fetch', () => {
  it('includes the events of the loop', async () => {
    await using server = await startKeyServer({ [one]: [answer(503, { error: { message: 'Busy' } })], [two]: [ok] });
    const events = recordEvents(server.manager);
    await server.keyedFetch({ maxRetries: 2 })(server.url);
    expect(events.map(inWords)).toEqual([
      'key.selected K1',
      'attempt.started K1 1',
      'attempt.failed K1 1',
      'attempt.started K1 2',
      'attempt.failed K1 2',
      'key.suspected K1',
      'call.fell-over K1',
      'key.selected K2',
      'attempt.started K2 1',
      'attempt.succeeded K2 1',
      'call.succeeded K2',
    ]);
    expect(events[2]?.[1]).toMatchObject({ verdict: 'transient', reason: 'http_503', message: 'Busy', delayMs: 100 });
  });

  it('includes the rate limits of every response', async () => {
    const readLimits = (headers: unknown) => [
      { name: 'requests', remaining: Number((headers as Headers).get('x-left')) },
    ];
    await using server = await startKeyServer(
      { [one]: [answer(200, {}, { 'x-left': '7' })] },
      { adapter: { readLimits } },
    );
    await server.keyedFetch()(server.url);
    expect(inspect(server.manager.status(), { depth: 9 })).toContain('remaining: 7');
  });

  it.each<Locale>(['en', 'pt-BR'])('contains no key, even if the provider echoes it (%s)', async (locale) => {
    const echo = (key: string) =>
      answer(401, { error: { message: `Bad ${key}`, key: [key] }, more: encodeURIComponent(key) }, { 'x-echo': key });
    await using server = await startKeyServer({ [one]: [echo(one)], [two]: [echo(two)] }, { locale });
    const error = await rejection(server.keyedFetch({ throwOnExhausted: true })(server.url));
    const { attempts, errors, cause } = error as AllKeysFailedError;
    const texts = [error, attempts, errors, cause, server.log, server.manager.status()].flatMap(renderings);
    expect(texts.filter((text) => text.includes(one.slice(0, 12)) || text.includes(two.slice(0, 12)))).toEqual([]);
    expect(server.log.join('\n')).toContain('Bad [redacted]');
  });
});

it('serves 100 concurrent calls while the first key becomes invalid', async () => {
  await using server = await startKeyServer({ [one]: [answer(401)], [two]: [ok] });
  const disabled = recordEvents(server.manager, ['key.disabled']);
  const keyedFetch = server.keyedFetch();
  const responses = await Promise.all(Array.from({ length: 100 }, () => keyedFetch(server.url)));
  expect(responses.map(({ status }) => status)).toEqual(Array(100).fill(200));
  const bodies = new Set(await Promise.all(responses.map((response) => response.text())));
  expect(bodies).toEqual(new Set(['{"fine":true}']));
  expect(disabled).toHaveLength(1);
  expect(server.keys.filter((key) => key === two)).toHaveLength(100);
  expect(server.manager.status().keys.map(({ usage }) => usage.inUse)).toEqual([0, 0]);
});

it('looks up the manager when it fetches', async () => {
  await using server = await startKeyServer({ [one]: [ok], [two]: [ok] });
  const keyedFetch = server.keyedFetch();
  await keyedFetch(server.url);
  const adapter = { name: provider, displayName: 'Keyed', env: 'KEYED_API_KEY', classifyError: () => undefined };
  registry.register(new ApiKeyManager(adapter, [two], { logger: false }), { replace: true });
  await keyedFetch(server.url);
  expect(server.keys).toEqual([one, two]);
});
