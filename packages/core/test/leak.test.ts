import {
  AllKeysFailedError,
  FailedResultError,
  KeyFailedError,
  UnrecoverableError,
  ApiKeyManager,
  customProvider,
  health,
  INJECTED,
  loadApiKeys,
  registry,
  retryWithApiKeyFallback,
  type ApiKey,
  type Locale,
  type Logger,
  type TracedAttempt,
  type TracedCall,
} from '@api-key-fallback/core';
import type { ErrorVerdict, ProviderAdapter } from '@api-key-fallback/core/adapter';
import { tracingChannel } from 'node:diagnostics_channel';
import { afterEach, expect, it, vi } from 'vitest';
import { FakeRuntime } from './fake-runtime.ts';
import { eventNames } from '../src/events/event-names.ts';
import { renderings } from './base/renderings.ts';
import { keys, leakIn } from './leaky-keys.ts';
import { leakyErrors } from './leaky-errors.ts';
import { exchange, UnreliableStore } from './sync/unreliable-store.ts';

const provider = customProvider('leaky');
/** An adapter that puts the key into every field of its results. */
const adapter: ProviderAdapter = {
  name: provider,
  displayName: 'Leaky',
  env: 'LEAKY_KEY',
  classifyError(error, { operation }): ErrorVerdict | undefined {
    if (operation !== undefined) return { kind: 'quota-exhausted', reason: 'quota', bucket: operation };
    if (error instanceof AggregateError) throw error;
    if (typeof error === 'string') return { kind: 'invalid-key', reason: error };
    return undefined;
  },
  async probe(secret) {
    const rateLimits = [{ name: `limit ${secret}`, remaining: 1, bucket: secret }];
    const facts = { operation: `ask ${secret}`, group: `group ${secret}`, rateLimits };
    switch (keys.indexOf(secret) % 3) {
      case 0:
        return { ...facts, outcome: 'refused', verdict: { kind: 'rate-limited', reason: secret, bucket: secret } };
      case 1:
        return { ...facts, outcome: 'working', reason: `fine ${secret}` };
      default:
        throw new Error(`no probe with ${secret}`);
    }
  },
};

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('it was expected to fail'),
    (error: unknown) => error,
  );
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return expect.unreachable('it was expected to throw');
}

afterEach(() => {
  registry.unregister(provider);
  vi.unstubAllEnvs();
});

it.each<Locale>(['en', 'pt-BR'])('no output contains twelve consecutive characters of a key (%s)', async (locale) => {
  const outputs: [string, unknown][] = [];
  const line = (...parts: unknown[]) => outputs.push(['log', parts]);
  const logger: Logger = { debug: line, info: line, warn: line, error: line };
  const inputs = keys.map((key, index) => (index === 2 ? { key, label: `label ${key}` } : key));
  const runtime = new FakeRuntime();
  const store = new UnreliableStore();
  const options = { logger, locale, logLevel: 'debug', runtime, store } as const;
  const manager = new ApiKeyManager(adapter, [...inputs, ...keys], options);
  registry.register(manager);
  for (const name of eventNames) manager.on(name, (event) => outputs.push([name, event]));
  const trace = (traced: TracedCall | TracedAttempt, run: () => Promise<unknown>) => {
    traced.onEnd((end: unknown) => outputs.push(['trace', [traced, end]]));
    return run();
  };
  const stopTracing = registry.trace({ traceCall: trace, traceAttempt: trace });
  const channels = (['call', 'attempt'] as const).map((name) => tracingChannel(`api-key-fallback.${name}`));
  const publish = (message: unknown) => void outputs.push(['channel', message]);
  for (const { asyncEnd } of channels) asyncEnd.subscribe(publish);

  class Service {
    @retryWithApiKeyFallback({ provider, maxRetries: 1 })
    async ask(_apiKey: ApiKey<typeof provider>, _prompt: string): Promise<void> {}
  }

  const gone = AbortSignal.abort(new Error('gone'));
  outputs.push(['abort', await rejection(manager.retryWithFallback(() => 1, { signal: gone }))]);
  for (const fail of leakyErrors) {
    manager.reset();
    const error = await rejection(
      manager.retryWithFallback(
        (key, attempt) => {
          outputs.push(['attempt', attempt]);
          throw fail(key);
        },
        { maxRetries: 2, delay: 10 },
      ),
    );
    expect(error).toBeInstanceOf(AllKeysFailedError);
    const { attempts, errors, message, stack } = error as AllKeysFailedError;
    outputs.push(['error', error], ['error', { nested: [error] }], ['message', message], ['stack', stack]);
    outputs.push(...attempts.map((attempt): [string, unknown] => ['attempts', attempt]));
    outputs.push(...errors.map((part): [string, unknown] => ['errors', part]));
    const status = manager.status();
    expect(status.keys.map(({ lastError }) => lastError?.message)).toEqual(keys.map(() => expect.any(String)));
    outputs.push(['status', status], ['manager', manager], ['registry', registry]);
  }

  outputs.push(['check', await manager.checkKeys()], ['status', manager.status()]);
  for (const wrong of [{ timeout: keys[0] }, { keys: keys[0] }, { keys: [`${keys[0]}x`] }, { actor: [keys[0]] }])
    outputs.push(['misuse of checkKeys', await rejection(manager.checkKeys(wrong as object))]);
  manager.reset();
  await manager.retryWithFallback((key) => key);
  await rejection(manager.retryWithFallback((key) => Promise.reject(Object.assign(new Error(key), { status: 400 }))));
  const [first = ''] = keys;
  for (const key of keys) {
    const cause = Object.assign(new Error(`refused ${key}`), { config: { key } });
    const error = new KeyFailedError('rate-limited', { cause });
    outputs.push(['key failed', error], ['unrecoverable', new UnrecoverableError(`no use: ${key}`, { cause })]);
    outputs.push([
      'misuse of KeyFailedError',
      thrownBy(() => new KeyFailedError('transient', { [key]: key } as object)),
    ]);
    outputs.push(['failed result', new FailedResultError(provider, { key }, { kind: 'transient', reason: 'x' })]);
    const hooks = {
      maxRetries: 1,
      classifyError: () => ({ kind: 'transient', reason: `option ${key}` }) as const,
      onFailedAttempt: (failure: unknown) => void outputs.push(['onFailedAttempt', failure]),
    };
    outputs.push(['hooks', await rejection(manager.retryWithFallback(() => Promise.reject(cause), hooks))]);
    outputs.push(['hooks', await rejection(manager.retryWithFallback(() => Promise.reject(error), hooks))]);
    manager.reset();
    const judged = { ...hooks, classifyResult: () => ({ kind: 'rate-limited', reason: `result ${key}` }) as const };
    outputs.push(['hooks', await rejection(manager.retryWithFallback((value) => ({ value }), judged))]);
    manager.reset();
    const broken = () => {
      throw new Error(`broken ${key}`);
    };
    await rejection(manager.retryWithFallback(() => Promise.reject(cause), { classifyError: broken }));
    await manager.retryWithFallback(() => key, { classifyResult: broken });
    manager.reset();
  }
  outputs.push([
    'no key left',
    await rejection(manager.retryWithFallback(() => Promise.reject(new Error('401')), { maxRetries: 1 })),
  ]);
  // So many failures spend the retry budget.
  for (let call = 0; call < 60; call++) {
    const down = () => Promise.reject(new Error(`503 ${first}`));
    outputs.push(['budget', await rejection(manager.retryWithFallback(down, { maxRetries: 1 }))]);
  }
  manager.reset();
  outputs.push(['misuse', await rejection(new Service().ask(first as never, INJECTED))]);
  for (const foreign of [`${first}x`, { keyId: first }, { key: first }, [first]])
    outputs.push(['foreign key', thrownBy(() => manager.disable(foreign as string))]);
  outputs.push(['impossible key', thrownBy(() => new ApiKeyManager(adapter, [`${first} x`], { logger: false }))]);
  outputs.push([
    'second manager',
    thrownBy(() => registry.register(new ApiKeyManager(adapter, [first], { logger: false }))),
  ]);
  vi.stubEnv('LEAKY_KEY', `${first} ${keys[1]}`);
  outputs.push(['impossible variable', thrownBy(() => loadApiKeys('LEAKY_KEY', { logger }))]);
  vi.stubEnv('LEAKY_KEY', first);
  vi.stubEnv('LEAKY_KEY_2', first);
  expect(loadApiKeys('LEAKY_KEY', { logger, locale }).map(({ key }) => key)).toEqual([first]);
  const by = { actor: `ana with ${first}` };
  manager.prefer(first, by);
  outputs.push(['foreign preference', thrownBy(() => manager.prefer(`${first}x`))]);
  outputs.push(['status while one is preferred', manager.status()]);
  manager.endPreference(by);
  outputs.push(['misuse of actor', thrownBy(() => manager.disable(first, { actor: first.repeat(9) }))]);
  manager.disable(first, by);
  outputs.push(['status', manager.status()], ['entries', Object.entries(manager)]);

  const changes = [
    manager.addKeys([{ key: `${first}-next`, label: `after ${first}` }]),
    manager.replaceKey(`${first}-next`, `${first}-last`),
    manager.removeKeys([`${first}-last`, 'not listed']),
  ];
  outputs.push(...changes.map((change): [string, unknown] => ['changed keys', change]));
  outputs.push(['misuse of setKeys', thrownBy(() => manager.setKeys([`${first} x`]))]);
  outputs.push(['misuse of replaceKey', thrownBy(() => manager.replaceKey(`${first}x`, first))]);
  let vault: readonly string[] | Error = [first];
  const load = async () => (vault instanceof Error ? Promise.reject(vault) : vault);
  const sourced = new ApiKeyManager(adapter, { name: `vault ${first}`, load }, { ...options, store: false });
  for (const name of eventNames) sourced.on(name, (event) => outputs.push([name, event]));
  await sourced.ready();
  vault = Object.assign(new Error(`refused the token ${keys[1]}`), { config: { token: keys[1] } });
  outputs.push(['source', await rejection(sourced.refreshKeys())], ['status with a source', sourced.status()]);
  vault = [first];
  await sourced.refreshKeys();
  await sourced.close();

  const reserve = new ApiKeyManager(adapter, [keys[1] ?? ''], {
    ...options,
    pool: 'reserve',
    limits: { requestsPerMinute: 1 },
  });
  const tenant = new ApiKeyManager(adapter, [first], {
    ...options,
    pool: 'tenant',
    fallbackTo: 'reserve',
    limits: { requestsPerMinute: 1 },
  });
  registry.register(reserve);
  for (const pool of [reserve, tenant])
    for (const name of eventNames) pool.on(name, (event) => outputs.push([name, event]));
  const inBoth = await rejection(
    tenant.retryWithFallback((key) => Promise.reject(new Error(`refused ${key}`)), { delay: 0 }),
  );
  expect((inBoth as AllKeysFailedError).attempts.map(({ pool }) => pool)).toContain('reserve');
  outputs.push(['pools', inBoth], ['pools', (inBoth as AllKeysFailedError).errors], ['pools', tenant.status()]);
  for (const pool of [first, `of ${first}`]) {
    outputs.push(['misuse of pool', thrownBy(() => new ApiKeyManager(adapter, [first], { pool, logger: false }))]);
    outputs.push(['misuse of fallbackTo', thrownBy(() => new ApiKeyManager(adapter, [first], { fallbackTo: pool }))]);
    outputs.push(['unknown pool', thrownBy(() => registry.get(provider, pool))]);
  }
  await Promise.all([reserve.close(), tenant.close()]);

  await exchange();
  store.failure = new Error(`connect to redis://:${first}@host failed`);
  manager.enable(first, by);
  await exchange();
  store.failure = undefined;
  await runtime.pass(1000);
  // An application can put a key into the name of an operation or into its own error.
  for (const key of keys) {
    const call = { operation: `ask ${key}`, maxRetries: 1 };
    await rejection(manager.retryWithFallback(() => Promise.reject(new Error('quota')), call));
  }
  stopTracing();
  for (const { asyncEnd } of channels) asyncEnd.unsubscribe(publish);
  outputs.push(['health', health()]);
  for (const kind of ['trace', 'channel']) expect(outputs.map(([name]) => name)).toContain(kind);
  await manager.close();
  expect(store.requests.flatMap(({ facts }) => [...facts.keys()]).filter((id) => id.includes('/ask '))).not.toEqual([]);
  outputs.push(...store.requests.map((request): [string, unknown] => ['store', request]));

  const kinds = new Set(outputs.map(([kind]) => kind));
  for (const name of eventNames) expect(kinds).toContain(name);
  const leaks = outputs.flatMap(([kind, value]) => renderings(value).flatMap((text) => leakIn(kind, text)));
  expect([...new Set(leaks)].slice(0, 20)).toEqual([]);
});
