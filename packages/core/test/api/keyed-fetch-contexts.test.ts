import { AsyncResource } from 'node:async_hooks';
import Bottleneck from 'bottleneck';
import { currentAttempt, injectKeys, retryWithApiKeyFallback, type ApiKey } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { waitingList, type Run } from '../../../../test-support/waiting-list.ts';
import { answer, ok, one, provider, startKeyServer, two, type KeyedServer } from './start-key-server.ts';

const three = 'key-three-00000003';

function bottleneck(): Run {
  const limiter = new Bottleneck({ maxConcurrent: 2 });
  return (job) => limiter.schedule(job);
}

/** Sends requests from decorated methods, through a limiter. */
class Service {
  readonly #run: Run;
  readonly #send: typeof fetch;

  constructor(send: typeof fetch, run: Run = (job) => job()) {
    this.#send = send;
    this.#run = run;
  }

  @retryWithApiKeyFallback({ provider, maxRetries: 2, delay: 100 })
  async ask(apiKey: ApiKey<typeof provider>, url: string, makeHeaders = bearer): Promise<unknown> {
    const response = await this.#run(() => this.#send(url, { headers: makeHeaders(apiKey) }));
    if (response.ok) return response.json();
    throw Object.assign(new Error(`HTTP ${response.status}`), { status: response.status });
  }
}

const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });
const keyless = (): Record<string, string> => ({});

describe.each([
  ['a waiting list', waitingList],
  ['Bottleneck', bottleneck],
])('inside %s', (_name, makeLimiter) => {
  it('each request is sent with the key that its method received', async () => {
    await using server = await startKeyServer({ [one]: [answer(401)], [two]: [ok], [three]: [ok] });
    const service = injectKeys(new Service(server.keyedFetch(), makeLimiter()));
    const results = await Promise.all(Array.from({ length: 12 }, () => service.ask(server.url)));
    expect(results).toEqual(results.map(() => ({ fine: true })));
    expect(server.manager.status().keys.map(({ state }) => state)).toEqual(['disabled', 'healthy', 'healthy']);
    const [dead, ...others] = server.manager.status().keys.map(({ usage }) => usage);
    expect(dead?.failures['invalid-key']).toBe(server.keys.filter((key) => key === one).length);
    expect(others.map(({ successes }) => successes).reduce((sum, count) => sum + count)).toBe(12);
    expect(others.map(({ failures }) => failures['invalid-key'])).toEqual([0, 0]);
  });

  it('a limit is noted for the key of the request', async () => {
    const readLimits = (headers: unknown) => [
      { name: 'requests', remaining: Number((headers as Headers).get('x-left')) },
    ];
    const left = (count: string) => answer(200, {}, { 'x-left': count });
    await using server = await startKeyServer(
      { [one]: [left('1')], [two]: [left('2')] },
      { adapter: { readLimits }, strategy: 'round-robin' },
    );
    const service = injectKeys(new Service(server.keyedFetch(), makeLimiter()));
    await Promise.all(Array.from({ length: 6 }, () => service.ask(server.url)));
    const limits = server.manager.status().keys.map(({ limits: ofKey }) => ofKey?.map(({ remaining }) => remaining));
    expect(limits).toEqual([[1], [2]]);
  });
});

/** Runs a call with the second key while another call uses the first one, which `run` receives. */
function whileInUse<T>({ manager }: KeyedServer, run: (used: string) => Promise<T>): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<void>();
  void manager.retryWithFallback(() => promise);
  return manager.retryWithFallback(() => run(one)).finally(resolve);
}

describe('a request with a key of the pool', () => {
  it.each<[string, (url: string, key: string) => Parameters<typeof fetch>]>([
    ['Authorization', (url, key) => [url, { headers: bearer(key) }]],
    ['x-api-key', (url, key) => [url, { headers: { 'x-api-key': key } }]],
    ['api-key', (url, key) => [new Request(url, { headers: { 'api-key': key } })]],
    ['x-goog-api-key', (url, key) => [url, { headers: new Headers({ 'X-Goog-Api-Key': key }) }]],
    ['x-rapidapi-key', (url, key) => [url, { headers: [['x-rapidapi-key', key]] }]],
    ['a header of the provider', (url, key) => [url, { headers: { 'x-acme-token': key } }]],
    ['another scheme', (url, key) => [url, { headers: { authorization: `Token ${key}` } }]],
    ['?key=', (url, key) => [`${url}/?key=${key}`]],
    ['?appid=', (url, key) => [`${url}/?appid=${key}`]],
  ])('is sent once with it inside an attempt with another key: %s', async (_name, makeArguments) => {
    await using server = await startKeyServer({ [one]: [answer(500)], [two]: [ok] }, { strategy: 'round-robin' });
    const call = whileInUse(server, async (used) => {
      const { status } = await server.keyedFetch()(...makeArguments(server.url, used));
      return status;
    });
    expect(await call).toBe(500);
    expect(server.keys).toEqual([one]);
    expect(server.manager.status().keys.map(({ state }) => state)).toEqual(['healthy', 'healthy']);
  });

  it('is sent with it also after the key has left the list', async () => {
    await using server = await startKeyServer({ [one]: [answer(500)], [two]: [ok] }, { strategy: 'round-robin' });
    const call = whileInUse(server, async (used) => {
      server.manager.removeKeys([used]);
      const { status } = await server.keyedFetch()(server.url, { headers: bearer(used) });
      return status;
    });
    expect([await call, ...server.keys]).toEqual([500, one]);
  });

  it('is sent with the key of the attempt if no attempt has that key', async () => {
    await using server = await startKeyServer({ [one]: [answer(401)], [two]: [ok] });
    const service = injectKeys(new Service(server.keyedFetch()));
    // Like a client that the application shares, and that reads its key from the environment.
    const ofClient = () => bearer(one);
    expect(await service.ask(server.url, ofClient)).toEqual({ fine: true });
    expect(server.keys).toEqual([one, two]);
    expect(server.key(two).state).toBe('healthy');
  });

  it('is sent by a loop of its own outside of attempts', async () => {
    await using server = await startKeyServer({ [one]: [answer(401)], [two]: [ok] });
    expect((await server.keyedFetch()(server.url, { headers: bearer(two) })).status).toBe(200);
    expect(server.keys).toEqual([one, two]);
  });

  it('follows the signal of the request', async () => {
    await using server = await startKeyServer({ [one]: [() => {}], [two]: [ok] }, { strategy: 'round-robin' });
    const controller = new AbortController();
    const call = whileInUse(server, (used) =>
      server.keyedFetch()(server.url, { headers: bearer(used), signal: controller.signal }),
    );
    call.catch(() => {});
    await server.seen(1);
    controller.abort(new DOMException('mine', 'AbortError'));
    await expect(call).rejects.toThrow('mine');
  });
});

describe('after an attempt has ended', () => {
  async function inEndedAttempt<T>(server: KeyedServer, run: () => Promise<T>) {
    const inContext = await server.manager.retryWithFallback(() =>
      Promise.resolve(AsyncResource.bind(() => ({ ended: currentAttempt().hasEnded, result: run() }))),
    );
    const { ended, result } = inContext();
    expect(ended).toBe(true);
    return result;
  }

  it('a request with a key of the pool is sent once with it', async () => {
    await using server = await startKeyServer({ [one]: [answer(500)], [two]: [ok] });
    const response = await inEndedAttempt(server, () => server.keyedFetch()(server.url, { headers: bearer(one) }));
    expect(response.status).toBe(500);
    expect(server.keys).toEqual([one]);
  });

  it('a request without a key of the pool gets a loop of its own', async () => {
    await using server = await startKeyServer({ [one]: [answer(401)], [two]: [ok] });
    const response = await inEndedAttempt(server, () => server.keyedFetch()(server.url, { headers: bearer('unused') }));
    expect(response.status).toBe(200);
    expect(server.keys).toEqual([one, two]);
  });
});

it('a request without a key of the pool joins the running attempt', async () => {
  await using server = await startKeyServer({ [one]: [answer(401)], [two]: [ok] });
  const service = injectKeys(new Service(server.keyedFetch()));
  await service.ask(server.url, keyless);
  await service.ask(server.url, () => bearer('unused'));
  expect(server.keys).toEqual([one, two, two]);
});
