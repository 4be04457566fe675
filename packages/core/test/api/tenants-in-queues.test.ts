import { AsyncLocalStorage } from 'node:async_hooks';
import {
  ApiKeyManager,
  createKeyedFetch,
  customProvider,
  registry,
  wrapWithFallback,
  type KeyManagerOptions,
} from '@api-key-fallback/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitingList, type Run } from '../../../../test-support/waiting-list.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

const provider = customProvider('queued');
const context = new AsyncLocalStorage<string>();
const url = 'http://127.0.0.1/';
let run = 0;
let sent: string[];

/** Keys that no other test has used. */
const keyOf = (pool: string, number = 1): string => `key-${run}-of-${pool}-${number}00000`;
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const send: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  const key = request.headers.get('authorization')?.replace(/^Bearer /, '') ?? '';
  sent.push(`${await request.text()}: ${key}`);
  return new Response(key);
};

function managerOf(
  pool: string,
  keys: readonly string[] = [keyOf(pool)],
  options: KeyManagerOptions = {},
  name: string = provider,
) {
  return new ApiKeyManager({ ...scriptedAdapter, name }, keys, { pool, logger: false, ...options });
}

beforeEach(() => {
  run++;
  sent = [];
  for (const pool of ['default', 'ada', 'bob']) registry.register(managerOf(pool));
});
afterEach(() => {
  for (const name of registry.list()) registry.unregister(name);
});

interface Queued {
  readonly ofAda: Promise<unknown>;
  readonly ofBob: Promise<unknown>;
  /** Lets the queue go on. */
  readonly go: () => void;
}

/** A request of Ada waits in a queue whose worker runs in the context of Bob's attempt. */
function queueBehindBob(
  options: { readonly attemptTimeout?: number; readonly signal?: AbortSignal } = {},
  headersOf: (key: string) => Record<string, string> = bearer,
): Queued {
  const keyed = createKeyedFetch({ provider, pool: () => context.getStore(), fetch: send });
  const limit: Run = waitingList();
  const gate = Promise.withResolvers<void>();
  const ask = (tenant: string, isReady: Promise<void> | undefined) =>
    wrapWithFallback(
      async (apiKey: string) =>
        limit(async () => {
          await isReady;
          return keyed(url, { method: 'POST', body: `of ${tenant}`, headers: headersOf(apiKey) });
        }),
      { provider, pool: tenant, maxRetries: 1, ...(tenant === 'ada' ? options : {}) },
    );
  const ofBob = context.run('bob', ask('bob', gate.promise));
  const ofAda = context.run('ada', ask('ada', undefined));
  ofAda.catch(() => {});
  return { ofAda, ofBob, go: gate.resolve };
}

async function drain({ ofAda, ofBob, go }: Queued): Promise<void> {
  go();
  await Promise.allSettled([ofAda, ofBob]);
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('a request of a tenant that a queue runs in the context of another one', () => {
  it.each<[string, (key: string) => Record<string, string>]>([
    ['a bearer token', bearer],
    ['basic authentication', (key) => ({ authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` })],
    ['a field of a header', (key) => ({ 'x-auth': `user=1;key=${key}` })],
  ])('is sent with its own key, in %s', async (_form, headersOf) => {
    await drain(queueBehindBob({}, headersOf));
    expect(sent).toEqual([`of bob: ${keyOf('bob')}`, `of ada: ${keyOf('ada')}`]);
  });

  it('is sent with its own key after its attempt has timed out', async () => {
    const queued = queueBehindBob({ attemptTimeout: 5 });
    await expect(queued.ofAda).rejects.toThrow('The only key of Scripted (ada) failed');
    await drain(queued);
    expect(sent).toEqual([`of bob: ${keyOf('bob')}`, `of ada: ${keyOf('ada')}`]);
  });

  it('is sent with its own key after its caller has aborted', async () => {
    const stop = new AbortController();
    const queued = queueBehindBob({ signal: stop.signal });
    stop.abort(new Error('enough'));
    await drain(queued);
    expect(sent).toEqual([`of bob: ${keyOf('bob')}`, `of ada: ${keyOf('ada')}`]);
  });

  it.each<[string, () => unknown]>([
    ['is replaced', () => registry.get(provider, 'ada').replaceKey(keyOf('ada'), keyOf('ada', 2))],
    ['has left the list', () => registry.get(provider, 'ada').setKeys([keyOf('ada', 2)])],
    ['is that of a replaced manager', () => registry.register(managerOf('ada', [keyOf('ada', 2)]), { replace: true })],
    [
      'is that of a closed manager',
      () => {
        const old = registry.get(provider, 'ada');
        registry.register(managerOf('ada', [keyOf('ada', 2)]), { replace: true });
        return old.close();
      },
    ],
  ])('is never sent with the key of the other one when its own key %s', async (_what, change) => {
    const queued = queueBehindBob();
    await change();
    await drain(queued);
    expect(sent[0]).toBe(`of bob: ${keyOf('bob')}`);
    expect(sent[1]).toContain('of ada: ');
    expect(sent[1]).toContain('-of-ada-');
  });
});

describe('a keyed fetch', () => {
  it('uses the named pool after the attempt in whose context it runs has ended', async () => {
    const keyed = createKeyedFetch({ provider, pool: () => context.getStore(), fetch: send });
    let later: (() => Promise<Response>) | undefined;
    const ask = wrapWithFallback(
      async (_apiKey) => {
        const bound = AsyncLocalStorage.snapshot();
        later = () => bound(() => context.run('bob', () => keyed(url)));
      },
      { provider, pool: 'ada' },
    );
    await ask();
    expect(await (await later?.())?.text()).toBe(keyOf('bob'));
  });

  it('without a pool stays at the tenant of an attempt that has ended', async () => {
    const keyed = createKeyedFetch({ provider, fetch: send });
    let later: (() => Promise<Response>) | undefined;
    const ask = wrapWithFallback(async (_apiKey) => void (later = AsyncLocalStorage.bind(() => keyed(url))), {
      provider,
      pool: 'ada',
    });
    await ask();
    expect(await (await later?.())?.text()).toBe(keyOf('ada'));
  });

  it('without a pool stays at the tenant when the call goes on with another provider', async () => {
    const stranger = managerOf('default', [keyOf('stranger')], {}, 'other');
    registry.register(managerOf('cyd', [keyOf('cyd')], { fallbackTo: stranger }));
    registry.get(provider, 'cyd').disable(keyOf('cyd'));
    const keyed = createKeyedFetch({ provider, fetch: send, maxRetries: 1 });
    await wrapWithFallback(async () => keyed(url), { provider, pool: 'cyd' })().catch(() => {});
    expect(sent).toEqual([]);
  });

  it('keeps its pool when a request names an undefined one', async () => {
    const keyed = createKeyedFetch({ provider, pool: 'ada', fetch: send });
    await keyed(url, { fallback: { pool: undefined as never } });
    expect(sent).toEqual([`: ${keyOf('ada')}`]);
  });

  it('uses the pool of the attempt for a key that two pools have, and ends with its time limit', async () => {
    const shared = keyOf('both');
    registry.register(managerOf('dan', [shared]));
    registry.register(managerOf('eve', [shared]));
    const signals: (AbortSignal | null | undefined)[] = [];
    const keyed = createKeyedFetch({
      provider,
      fetch: async (_input, init) => {
        signals.push(init?.signal);
        return new Response('');
      },
    });
    const ask = wrapWithFallback(async (apiKey: string) => keyed(url, { headers: bearer(apiKey) }), {
      provider,
      pool: 'eve',
      attemptTimeout: 1000,
    });
    await registry.get(provider, 'dan').retryWithFallback(() => ask());
    expect(registry.get(provider, 'eve').status().keys[0]?.usage.attempts).toBe(1);
    expect(signals[0]).toBeInstanceOf(AbortSignal);
  });

  it('works inside the attempt of a manager that is not registered', async () => {
    const keyed = createKeyedFetch({ provider, fetch: send });
    const manager = managerOf('reserve');
    await manager.retryWithFallback(() => keyed(url));
    expect(sent).toEqual([`: ${keyOf('reserve')}`]);
  });
});
