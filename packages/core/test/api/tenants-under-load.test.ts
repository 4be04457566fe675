import { AsyncLocalStorage } from 'node:async_hooks';
import {
  ApiKeyManager,
  createKeyedFetch,
  customProvider,
  injectKeys,
  registry,
  retryWithApiKeyFallback,
  wrapWithFallback,
  type ApiKey,
} from '@api-key-fallback/core';
import { expect, it, onTestFinished } from 'vitest';
import { startAnsweringServer } from '../../../../test-support/start-answering-server.ts';
import { waitingList } from '../../../../test-support/waiting-list.ts';
import { scriptedAdapter } from '../scripted-keys.ts';
import { numbersFrom } from '../seeded-numbers.ts';

const provider = customProvider('rented');
const tenants = ['ada', 'bob', 'cyd', 'dan'];
const rounds = 60;
const callsARound = 24;
const context = new AsyncLocalStorage<string>();

/** A tenant's keys, as its provider knows them. */
class Account {
  readonly tenant: string;
  readonly valid = new Set<string>();
  #made = 0;

  constructor(tenant: string) {
    this.tenant = tenant;
    for (let key = 0; key < 3; key++) this.valid.add(this.next());
  }

  next(): string {
    return `key-of-${this.tenant}-${String(++this.#made).padStart(6, '0')}`;
  }

  owns(key: string): boolean {
    return key.startsWith(`key-of-${this.tenant}-`);
  }
}

it.each([1, 2, 3])('tenants never meet while their keys change under load (seed %i)', async (seed) => {
  const random = numbersFrom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const accounts = new Map(tenants.map((tenant) => [tenant, new Account(tenant)]));
  const of = (tenant: string): Account => accounts.get(tenant) as Account;
  const strangers: string[] = [];
  await using server = await startAnsweringServer((request, response) => {
    const key = request.headers.authorization?.slice('Bearer '.length) ?? '';
    const tenant = String(request.headers['x-tenant']);
    if (!of(tenant).owns(key)) strangers.push(`${tenant} sent ${key}`);
    const chance = key.charCodeAt(key.length - 1) % 5;
    if (!of(tenant).valid.has(key)) response.writeHead(401).end('{}');
    else if (chance === 0) response.writeHead(429, { 'retry-after': '1' }).end('{}');
    else response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  const options = { logger: false, retryBudget: false } as const;
  onTestFinished(() => void registry.unregister(provider));
  registry.registerPools(
    provider,
    (pool) =>
      new ApiKeyManager({ ...scriptedAdapter, name: provider }, async () => [...of(pool).valid], { pool, ...options }),
    { max: 3 },
  );
  const send = (apiKey: string, tenant: string) =>
    fetch(server.url, { headers: { authorization: `Bearer ${apiKey}`, 'x-tenant': tenant } });
  const keyed = createKeyedFetch({ provider, pool: () => context.getStore(), delay: 0 });
  const limit = waitingList();

  class Service {
    readonly tenant: string;

    constructor(tenant: string) {
      this.tenant = tenant;
    }

    @retryWithApiKeyFallback({ provider, pool: ({ self }) => self.tenant, delay: 0 })
    async ask(apiKey: ApiKey<typeof provider>): Promise<void> {
      await assertOk(await send(apiKey, this.tenant));
    }

    @retryWithApiKeyFallback({ provider, pool: ({ self }) => self.tenant, delay: 0 })
    async askThroughLimiter(apiKey: ApiKey<typeof provider>): Promise<void> {
      const headers = { authorization: `Bearer ${apiKey}`, 'x-tenant': this.tenant };
      await assertOk(await limit(() => keyed(server.url, { headers })));
    }

    @retryWithApiKeyFallback({ provider, pool: ({ self }) => self.tenant, delay: 0 })
    async *stream(apiKey: ApiKey<typeof provider>): AsyncGenerator<number> {
      await assertOk(await send(apiKey, this.tenant));
      yield 1;
    }

    @retryWithApiKeyFallback({ provider, pool: ({ args }) => args[0] as string, delay: 0 })
    async askForAnother(
      _apiKey: ApiKey<typeof provider>,
      _tenant: string,
      askAnother: () => Promise<void>,
    ): Promise<void> {
      await askAnother();
    }
  }

  const ask = wrapWithFallback(async (apiKey, tenant: string) => assertOk(await send(apiKey, tenant)), {
    provider,
    pool: () => context.getStore(),
    delay: 0,
  });

  function callOf(tenant: string): Promise<unknown> {
    const service = injectKeys(new Service(tenant));
    const another = injectKeys(new Service(pick(tenants.filter((other) => other !== tenant))));
    const ways = [
      () => service.ask(),
      () => service.askThroughLimiter(),
      () => service.stream().next(),
      () => service.askForAnother(tenant, () => another.ask()),
      () => context.run(tenant, () => ask(tenant)),
      () => context.run(tenant, async () => assertOk(await keyed(server.url, { headers: { 'x-tenant': tenant } }))),
    ];
    return pick<() => Promise<unknown>>(ways)();
  }

  function change(tenant: string): void {
    const account = of(tenant);
    const manager: ApiKeyManager = registry.get(provider, tenant);
    const key = account.next();
    account.valid.add(key);
    if (random() < 0.5) manager.addKeys([key], { at: random() < 0.5 ? 'start' : 'end' });
    else manager.setKeys([...account.valid].toSorted(() => random() - 0.5));
    // The key is revoked after the list has changed.
    const [oldest] = account.valid;
    if (oldest !== undefined && account.valid.size > 4) {
      manager.removeKeys([oldest]);
      account.valid.delete(oldest);
    }
  }

  const failures: unknown[] = [];
  for (let round = 0; round < rounds; round++) {
    const calls = Array.from({ length: callsARound }, () => callOf(pick(tenants)));
    change(pick(tenants));
    for (const result of await Promise.allSettled(calls))
      if (result.status === 'rejected') failures.push(result.reason);
  }
  expect(strangers).toEqual([]);
  expect(failures).toEqual([]);
  for (const pool of registry.pools(provider)) await registry.get(provider, pool).close();
});

async function assertOk(response: Response): Promise<void> {
  await response.arrayBuffer();
  if (!response.ok)
    throw Object.assign(new Error(`HTTP ${response.status}`), { status: response.status, headers: response.headers });
}
