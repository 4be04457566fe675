import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AllKeysFailedError,
  ApiKeyManager,
  injectKeys,
  InvalidOptionsError,
  NoApiKeysError,
  registry,
  retryWithApiKeyFallback,
  type ApiKey,
  type Logger,
} from '@api-key-fallback/core';
import { createTestManager, startProviderServer } from '@api-key-fallback/testing';
import OpenAI from 'openai';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { evaluateModule } from '../../../test-support/evaluate-module.ts';
import { acme, acmeAdapter, failing, refusal } from './acme-adapter.ts';

describe('createTestManager', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    registry.unregister(acme);
  });

  it('serves a decorated method, with made-up keys', async () => {
    const ask = failing(refusal(401));
    class Service {
      @retryWithApiKeyFallback({ provider: acme, delay: 1000 })
      async ask(apiKey: ApiKey<typeof acme>, _question: string): Promise<unknown> {
        return ask(apiKey);
      }
    }
    const keys = createTestManager(acmeAdapter, { keys: 3 });
    registry.register(keys, { replace: true });
    const [first, second] = keys.getAllKeys();
    expect(keys.getAllKeys()).toHaveLength(3);
    expect(await injectKeys(new Service()).ask('hello')).toBe(second);
    expect(ask.mock.calls.flat()).toEqual([first, second]);
    expect(keys.status().keys.map(({ state }) => state)).toEqual(['disabled', 'healthy', 'healthy']);
  });

  it('has two keys by default, the same in each run, others for each provider', () => {
    const keys = createTestManager(acmeAdapter).getAllKeys();
    expect(keys).toHaveLength(2);
    expect(createTestManager(acmeAdapter).getAllKeys()).toEqual(keys);
    expect(createTestManager({ ...acmeAdapter, name: 'other' }).getAllKeys()[0]).not.toBe(keys[0]);
  });

  it('takes keys of your own', () => {
    const keys = createTestManager(acmeAdapter, {
      keys: ['acme-4f9a81c2e07b3d56', { key: 'acme-90be17d4a2c86f35', label: 'spare', group: 'project' }],
    });
    expect(keys.status().keys).toMatchObject([{ label: 'key 1' }, { label: 'spare', group: 'project' }]);
    expect(() => createTestManager(acmeAdapter, { keys: [] })).toThrow(NoApiKeysError);
  });

  it.each([0, -1, 1.5, Number.NaN, 101, '3' as never])('refuses %j keys', (keys) => {
    expect(() => createTestManager(acmeAdapter, { keys })).toThrow(/^"keys" must be a number from 1 to 100, or a list/);
  });

  it.each([
    ['nothing', undefined],
    ['a name', 'openai'],
    ['a class', ApiKeyManager],
    ['a list', [acmeAdapter]],
    ['options', { keys: 2 }],
  ])('refuses %s in the place of the adapter', (_what, wrong) => {
    expect(() => createTestManager(wrong as never)).toThrow(
      'createTestManager() expects the adapter of a provider, for example openaiAdapter of @api-key-fallback/openai.',
    );
  });

  it.each<[unknown, string]>([
    [{ kyes: 3 }, 'Unknown option "kyes". Did you mean "keys"? Known: keys, startAt, strategy'],
    [{ runtime: {} }, 'Unknown option "runtime".'],
    [3, '"options" must be an object; it is of type number. Write { keys: 3 }, for example.'],
    [null, '"options" must be an object; it is null.'],
  ])('refuses the options %j', (options, message) => {
    expect(() => createTestManager(acmeAdapter, options as never)).toThrow(InvalidOptionsError);
    expect(() => createTestManager(acmeAdapter, options as never)).toThrow(message);
  });

  it('has no retry budget, unless you set one', async () => {
    const outcomes = async (keys: ReturnType<typeof createTestManager>) => {
      const spent = new Set<boolean>();
      for (let call = 0; call < 60; call++) {
        const error = await keys
          .retryWithFallback(() => Promise.reject(refusal(500)), { maxRetries: 3 })
          .catch((thrown: unknown) => thrown);
        if (AllKeysFailedError.isInstance(error)) spent.add(error.isBudgetSpent);
      }
      return [...spent];
    };
    expect(await outcomes(createTestManager(acmeAdapter))).toEqual([false]);
    expect(await outcomes(createTestManager(acmeAdapter, { retryBudget: { tokens: 3 } }))).toContain(true);
  });

  it('logs nothing, unless you pass a logger', async () => {
    const entries = ['@api-key-fallback/core/adapter', '@api-key-fallback/testing'];
    const script = `
      const [{ defineAdapter }, { createTestManager }] = await Promise.all(${JSON.stringify(entries)}.map((entry) => import(entry)));
      const adapter = defineAdapter({ name: 'acme', displayName: 'Acme', env: 'ACME', keyPattern: /^acme-/, classifyError: () => undefined });
      let lines = 0;
      const { write } = process.stdout;
      process.stdout.write = process.stderr.write = () => void (lines += 1);
      await createTestManager(adapter).retryWithFallback(() => Promise.reject(new Error('broken'))).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve));
      write.call(process.stdout, JSON.stringify(lines));
    `;
    expect(await evaluateModule(script, import.meta.dirname)).toBe(0);
    const lines: string[] = [];
    const write = (line: string) => lines.push(line);
    const logger: Logger = { debug: write, info: write, warn: write, error: write };
    await createTestManager(acmeAdapter, { logger }).retryWithFallback(failing());
    expect(lines).toEqual(['Acme: Using key 1/2', 'Acme: Success with key 1/2']);
  });

  it('leaves a directory of shared state alone', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'api-key-state-'));
    vi.stubEnv('API_KEY_STATE_DIR', directory);
    const keys = createTestManager(acmeAdapter);
    await keys.retryWithFallback(failing(refusal(401)));
    await keys.close();
    expect(keys.status().store).toBeUndefined();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('creates the clients of the adapter with your options', async () => {
    const clientOptions = { baseURL: 'http://127.0.0.1:1' };
    const keys = createTestManager(acmeAdapter, { clientOptions });
    expect(await keys.getClient()).toEqual({ secret: keys.getAllKeys()[0], options: clientOptions });
  });

  it('works with a provider server', async () => {
    const keys = createTestManager(acmeAdapter);
    const [first = '', second = ''] = keys.getAllKeys();
    await using server = await startProviderServer({ keys: { [first]: ['rate-limited'], [second]: ['ok'] } });
    const models = await keys.retryWithFallback(
      (apiKey) => new OpenAI({ apiKey, baseURL: server.openaiBaseURL, maxRetries: 0 }).models.list(),
      { maxRetries: 3, delay: 60_000 },
    );
    expect(models.data.length).toBeGreaterThan(0);
    expect([server.requestCount(first), server.requestCount(second)]).toEqual([3, 1]);
  });
});
