import { ApiKeyManager, registry } from '@api-key-fallback/core';
import { collectKeyMetrics, type CollectKeyMetricsOptions } from '@api-key-fallback/telemetry/prometheus';
import { createTestManager } from '@api-key-fallback/testing';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { acme, acmeAdapter, acmeKey, acmeKeys, acmeManager, callWhile } from '../acme-manager.ts';
import { scraped, scrapedOf } from './scraped.ts';

let register: Registry;

beforeEach(() => {
  register = new Registry();
});

afterEach(() => {
  registry.unregister(acme);
});

function collect(options: CollectKeyMetricsOptions = {}): void {
  onTestFinished(collectKeyMetrics({ register, ...options }));
}

describe('a counter', () => {
  it('does not rise when fewer tokens are stated later', async () => {
    const adapter = { ...acmeAdapter, usageOf: () => ({ inputTokens: 1000, outputTokens: 10 }) };
    const manager = createTestManager(adapter, { keys: [acmeKey('main')] });
    collect({ managers: [manager] });
    const call = () => manager.retryWithFallback((_key, attempt) => attempt);
    const tokens = () =>
      scrapedOf(register, 'tokens_total{provider="acme",pool="default",key="main",direction="input"');
    const attempt = await call();
    expect(await tokens()).toEqual(['tokens_total{key="main",direction="input"} 1000']);
    attempt.spent({ inputTokens: 400, outputTokens: 10 });
    expect(manager.status().keys[0]?.usage.inputTokens).toBe(400);
    expect(await tokens()).toEqual(['tokens_total{key="main",direction="input"} 1000']);
    await call();
    expect(await tokens()).toEqual(['tokens_total{key="main",direction="input"} 2000']);
  });
});

describe('a counter of several keys', () => {
  it('does not fall when one of them is removed', async () => {
    const manager = acmeManager();
    collect({ managers: [manager], keyLabel: 'none' });
    await callWhile(manager);
    await callWhile(manager, { main: 'rate-limited' });
    expect(await scrapedOf(register, 'quota_units')).toEqual(['quota_units_total{} 3']);
    manager.setKeys([acmeKey('spare')]);
    expect(await scrapedOf(register, 'quota_units')).toEqual(['quota_units_total{} 3']);
    await callWhile(manager);
    expect(await scrapedOf(register, 'quota_units')).toEqual(['quota_units_total{} 4']);
  });

  it.each(['none', 'label'] as const)('does not rise when a removed key comes back: keyLabel %s', async (keyLabel) => {
    const twins = ['one', 'two'].map((name) => ({ ...acmeKey(name), label: 'twin' }));
    const manager = acmeManager({ keys: twins });
    collect({ managers: [manager], keyLabel });
    for (let call = 0; call < 5; call++) await callWhile(manager);
    const units = async () => (await scrapedOf(register, 'quota_units')).map((line) => line.split(' ').at(-1));
    expect(await units()).toEqual(['5']);
    manager.setKeys(twins.slice(1));
    expect(await units()).toEqual(['5']);
    manager.setKeys(twins);
    expect(await units()).toEqual(['5']);
    await callWhile(manager);
    expect(await units()).toEqual(['6']);
  });

  it('counts a key from 0 that comes back after the pool has forgotten it', async () => {
    const [first = acmeKey('main'), ...others] = acmeKeys(102);
    const manager = acmeManager({ keys: [first] });
    collect({ managers: [manager], keyLabel: 'none' });
    for (let call = 0; call < 5; call++) await callWhile(manager);
    expect(await scrapedOf(register, 'quota_units')).toEqual(['quota_units_total{} 5']);
    for (const keys of [others, [acmeKey('last')], [first]]) manager.setKeys(keys);
    await callWhile(manager);
    expect(manager.status().keys[0]?.usage.attempts).toBe(1);
    expect(await scrapedOf(register, 'quota_units')).toEqual(['quota_units_total{} 6']);
  });

  it('does not rise by what a key had counted under another name', async () => {
    const manager = acmeManager();
    collect({ managers: [manager], keyLabel: 'ordinal' });
    await callWhile(manager, { main: 'rate-limited' });
    for (let call = 0; call < 5; call++) await callWhile(manager);
    expect(await scrapedOf(register, 'quota_units')).toEqual([
      'quota_units_total{key="1"} 1',
      'quota_units_total{key="2"} 6',
    ]);
    manager.setKeys([acmeKey('spare')]);
    await callWhile(manager);
    expect(await scrapedOf(register, 'quota_units')).toEqual(['quota_units_total{key="1"} 2']);
  });
});

describe('a counter of the managers of the registry', () => {
  /** Not on clocks of their own, because managers on different clocks take over nothing. */
  function newManager(keys: ConstructorParameters<typeof ApiKeyManager>[1] = [acmeKey('main')]): ApiKeyManager {
    return new ApiKeyManager(acmeAdapter, keys, { logger: false, store: false, strategy: 'round-robin' });
  }

  async function call(manager: ApiKeyManager, times: number): Promise<void> {
    for (let made = 0; made < times; made++) await callWhile(manager);
  }

  function attemptsOn(manager: ApiKeyManager): number {
    return manager.status().keys.reduce((sum, { usage }) => sum + usage.attempts, 0);
  }

  /** Of all series. */
  async function counted(): Promise<number> {
    const lines = await scraped(register, 'quota_units');
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  it('has what a manager has counted that has left, and all of the one in its place', async () => {
    collect();
    const manager = newManager();
    registry.register(manager);
    await call(manager, 10);
    expect(await counted()).toBe(10);
    await call(manager, 5);
    registry.unregister(acme);
    const next = newManager();
    registry.register(next);
    await call(next, 12);
    expect(await counted()).toBe(27);
  });

  it('counts once what a manager has taken over from the one that it replaces, also when they change places again', async () => {
    collect();
    const [first, second] = [newManager(), newManager()];
    registry.register(first);
    await call(first, 10);
    expect(await counted()).toBe(10);
    await call(first, 5);
    registry.register(second, { replace: true });
    expect(attemptsOn(second)).toBe(15);
    await call(second, 3);
    expect(await counted()).toBe(18);
    await call(second, 1);
    registry.register(first, { replace: true });
    expect(attemptsOn(first)).toBe(19);
    await call(first, 2);
    expect(await counted()).toBe(21);
  });

  it('counts once what a manager takes over when its key source answers', async () => {
    const keys = acmeKeys(150);
    collect({ keyLabel: 'none' });
    const manager = newManager(keys);
    registry.register(manager);
    await call(manager, 150);
    const next = newManager(() => keys);
    registry.register(next, { replace: true });
    expect(await counted()).toBe(150);
    await next.refreshKeys();
    expect(attemptsOn(next)).toBe(150);
    await call(next, 2);
    expect(await counted()).toBe(152);
  });
});
