import { registry, type ApiKeyManager } from '@api-key-fallback/core';
import { collectKeyMetrics, type CollectKeyMetricsOptions } from '@api-key-fallback/telemetry/prometheus';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { acme, acmeKey, acmeKeys, acmeManager, callWhile } from '../acme-manager.ts';
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

/** The values of a label in these lines. */
function valuesOf(label: string, lines: readonly string[]): ReadonlySet<string | undefined> {
  return new Set(lines.map((line) => line.match(`[{,]${label}="(.*?)"`)?.[1]));
}

async function attemptsOf(key: string): Promise<string[]> {
  const lines = await scrapedOf(register, 'attempts_total');
  return lines.filter((line) => line.includes(`key="${key}",outcome="success"`));
}

describe('the series of a key', () => {
  it.each(['label', 'ordinal', 'id'] as const)('can be named by its %s', async (keyLabel) => {
    const manager = acmeManager();
    collect({ managers: [manager], keyLabel });
    await callWhile(manager);
    const names = { label: 'main', ordinal: '1', id: manager.status().keys[0]?.keyId };
    expect(await scrapedOf(register, 'quota_units')).toContain(`quota_units_total{key="${names[keyLabel]}"} 1`);
  });

  it('can be left out: the keys of a pool are then one series', async () => {
    const manager = acmeManager({ limits: { requestsPerDay: 10 } });
    collect({ managers: [manager], keyLabel: 'none' });
    await callWhile(manager, { main: 'rate-limited' });
    expect(await scrapedOf(register, 'quota_units')).toEqual(['quota_units_total{} 2']);
    expect(await scrapedOf(register, 'key_state')).toContain('key_state{state="healthy"} 1');
    expect(await scrapedOf(register, 'key_limit_remaining')).toEqual([
      'key_limit_remaining{limit="requestsPerDay"} 18',
    ]);
    expect(await scrapedOf(register, 'key_transitions')).toEqual([
      'key_transitions_total{to="cooling",reason="reported_by_method"} 1',
    ]);
  });

  it('are one series with those of the keys of the same name: its time is that of the first that is back', async () => {
    const twins = ['one', 'two'].map((name) => ({ ...acmeKey(name), label: 'twin' }));
    const manager = acmeManager({ keys: twins, startAt: 1_800_000_000_000 });
    collect({ managers: [manager] });
    await callWhile(manager, { one: 'rate-limited', two: 'quota-exhausted' });
    expect(await scrapedOf(register, 'key_state')).toContain('key_state{key="twin",state="cooling"} 2');
    const backAtMs = manager.status().keys.map(({ availableAtMs = Infinity }) => availableAtMs);
    expect(await scrapedOf(register, 'key_back')).toEqual([
      `key_back_timestamp_seconds{key="twin"} ${Math.min(...backAtMs) / 1000}`,
    ]);
  });

  it('ends when the key is removed', async () => {
    const manager = acmeManager();
    collect({ managers: [manager] });
    await callWhile(manager, { main: 'rate-limited' });
    expect((await scraped(register, '')).some((line) => line.includes('key="main"'))).toBe(true);
    manager.setKeys([acmeKey('spare')]);
    expect((await scraped(register, '')).filter((line) => line.includes('key="main"'))).toEqual([]);
  });

  it('is "other" beyond 100 keys of a provider, over its pools', async () => {
    const [first, second] = [acmeManager({ keys: acmeKeys(60) }), acmeManager({ keys: acmeKeys(60), pool: 'batch' })];
    collect({ managers: [first, second] });
    await callWhile(second);
    const units = await scraped(register, 'quota_units');
    expect(units).toHaveLength(101);
    expect(units.at(-1)).toBe('api_key_fallback_quota_units_total{provider="acme",pool="batch",key="other"} 0');
    expect(await scraped(register, 'key_state')).toContain(
      'api_key_fallback_key_state{provider="acme",pool="batch",key="other",state="healthy"} 20',
    );
  });
});

describe('the keys of a provider with more than 100', () => {
  it('have series of their own until they are removed, in whatever order they are listed', async () => {
    const keys = acmeKeys(101);
    const manager = acmeManager({ keys });
    collect({ managers: [manager] });
    const keysInSeries = async () => valuesOf('key', await scraped(register, 'quota_units'));
    const first = await keysInSeries();
    expect(first).toContain('other');
    manager.setKeys(keys.toReversed());
    expect(await keysInSeries()).toEqual(first);
    manager.setKeys(keys.slice(1));
    expect(await keysInSeries()).not.toContain('k1');
    expect(await keysInSeries()).toEqual(new Set(keys.slice(1).map(({ label }) => label)));
  });
});

describe('the managers of the registry', () => {
  it('are all watched, also those that are registered later, until they are unregistered', async () => {
    const [early, late] = [acmeManager(), acmeManager({ pool: 'late' })];
    registry.register(early);
    collect();
    registry.register(late);
    await callWhile(late, { main: 'transient' });
    const seriesOfLate = async () => (await scraped(register, '')).filter((line) => line.includes('pool="late"'));
    expect(await seriesOfLate()).toContain(
      'api_key_fallback_failovers_total{provider="acme",pool="late",error_type="transient"} 1',
    );
    expect(await scraped(register, 'call_duration_seconds_count')).toContain(
      'api_key_fallback_call_duration_seconds_count{provider="acme",outcome="success"} 1',
    );
    registry.unregister(acme, 'late');
    expect(await seriesOfLate()).toEqual([]);
    expect(await scrapedOf(register, 'keys{')).toContain('keys{state="healthy"} 2');
  });

  it('are "other" beyond 100 pools of a provider', async () => {
    for (let tenant = 1; tenant <= 103; tenant++) registry.register(acmeManager({ pool: `tenant-${tenant}` }));
    collect();
    const keys = (await scraped(register, 'keys{')).filter((line) => line.includes('state="healthy"'));
    expect(keys).toHaveLength(101);
    expect(keys.at(-1)).toBe('api_key_fallback_keys{provider="acme",pool="other",state="healthy"} 6');
  });

  it('have series of their own until they are gone, whichever was used last', async () => {
    registry.registerPools(acme, (pool) => acmeManager({ pool }));
    for (let tenant = 1; tenant <= 101; tenant++) registry.get(acme, `tenant-${tenant}`);
    collect();
    const poolsInSeries = async () => valuesOf('pool', await scraped(register, 'keys{'));
    expect(await poolsInSeries()).toContain('other');
    registry.get(acme, 'tenant-1');
    const pools = await poolsInSeries();
    expect(pools).toContain('tenant-1');
    expect(pools).not.toContain('tenant-101');
    registry.unregister(acme, 'tenant-1');
    expect(await poolsInSeries()).not.toContain('tenant-1');
    expect(await poolsInSeries()).toEqual(new Set(Array.from({ length: 100 }, (_, index) => `tenant-${index + 2}`)));
  });

  it('of a list are watched without being registered, also with the same provider and pool', async () => {
    const managers: ApiKeyManager[] = [
      acmeManager({ keys: [acmeKey('main')] }),
      acmeManager({ keys: [acmeKey('main')] }),
    ];
    collect({ managers });
    for (const manager of managers) await callWhile(manager);
    expect(await attemptsOf('main')).toEqual(['attempts_total{key="main",outcome="success"} 2']);
    for (const manager of managers) await callWhile(manager);
    expect(await attemptsOf('main')).toEqual(['attempts_total{key="main",outcome="success"} 4']);
  });
});
