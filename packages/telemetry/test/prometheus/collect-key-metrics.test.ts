import { ApiKeyManager, MemoryStore, registry } from '@api-key-fallback/core';
import { collectKeyMetrics, type CollectKeyMetricsOptions } from '@api-key-fallback/telemetry/prometheus';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { acme, acmeAdapter, acmeKey, acmeManager, callWhile } from '../acme-manager.ts';
import { scrapedOf } from './scraped.ts';

let register: Registry;

beforeEach(() => {
  register = new Registry();
});

afterEach(() => {
  registry.unregister(acme);
});

function collect(options: CollectKeyMetricsOptions = {}): () => void {
  const stop = collectKeyMetrics({ register, ...options });
  onTestFinished(stop);
  return stop;
}

describe('the metrics', () => {
  it('have these names, types and labels', () => {
    collect();
    const described = register.getMetricsAsArray().map((metric) => {
      const { name, type, labelNames } = metric as unknown as { name: string; type: string; labelNames: string[] };
      return `${name} ${type} ${labelNames.join(', ')}`;
    });
    expect(described).toMatchInlineSnapshot(`
      [
        "api_key_fallback_attempts_total counter provider, pool, key, outcome, error_type",
        "api_key_fallback_quota_units_total counter provider, pool, key",
        "api_key_fallback_tokens_total counter provider, pool, key, direction",
        "api_key_fallback_key_state gauge provider, pool, key, state",
        "api_key_fallback_key_back_timestamp_seconds gauge provider, pool, key",
        "api_key_fallback_attempts_running gauge provider, pool, key",
        "api_key_fallback_key_limit_remaining gauge provider, pool, key, limit",
        "api_key_fallback_key_limit_used gauge provider, pool, key, limit",
        "api_key_fallback_key_limit_max gauge provider, pool, key, limit",
        "api_key_fallback_keys gauge provider, pool, state",
        "api_key_fallback_store_up gauge provider, pool, store",
        "api_key_fallback_keys_source_last_attempt_timestamp_seconds gauge provider, pool, source",
        "api_key_fallback_keys_source_last_success_timestamp_seconds gauge provider, pool, source",
        "api_key_fallback_failovers_total counter provider, pool, error_type",
        "api_key_fallback_exhaustions_total counter provider, pool, reason",
        "api_key_fallback_key_transitions_total counter provider, pool, key, to, reason",
        "api_key_fallback_call_duration_seconds histogram provider, outcome, error_type",
        "api_key_fallback_call_keys_tried histogram provider, outcome, error_type",
      ]
    `);
  });

  it('count the attempts of each key by outcome', async () => {
    const manager = acmeManager();
    collect({ managers: [manager] });
    await callWhile(manager, { main: 'transient' });
    await callWhile(manager);
    expect(await scrapedOf(register, 'attempts_total')).toMatchInlineSnapshot(`
      [
        "attempts_total{key="main",outcome="success"} 0",
        "attempts_total{key="main",outcome="error",error_type="transient"} 1",
        "attempts_total{key="main",outcome="error",error_type="rate-limited"} 0",
        "attempts_total{key="main",outcome="error",error_type="quota-exhausted"} 0",
        "attempts_total{key="main",outcome="error",error_type="invalid-key"} 0",
        "attempts_total{key="main",outcome="error",error_type="caller-error"} 0",
        "attempts_total{key="spare",outcome="success"} 2",
        "attempts_total{key="spare",outcome="error",error_type="transient"} 0",
        "attempts_total{key="spare",outcome="error",error_type="rate-limited"} 0",
        "attempts_total{key="spare",outcome="error",error_type="quota-exhausted"} 0",
        "attempts_total{key="spare",outcome="error",error_type="invalid-key"} 0",
        "attempts_total{key="spare",outcome="error",error_type="caller-error"} 0",
      ]
    `);
  });

  it('show the state of each key, how many keys are in which, and when they are back', async () => {
    const manager = acmeManager({ startAt: 1_800_000_000_000 });
    collect({ managers: [manager] });
    const call = manager.retryWithFallback(
      (key) => {
        if (key.startsWith('main'))
          throw Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after': '30' } });
      },
      { maxRetries: 1 },
    );
    await call;
    expect(await scrapedOf(register, 'key_state')).toMatchInlineSnapshot(`
      [
        "key_state{key="main",state="healthy"} 0",
        "key_state{key="main",state="suspect"} 0",
        "key_state{key="main",state="recovering"} 0",
        "key_state{key="main",state="cooling"} 1",
        "key_state{key="main",state="disabled"} 0",
        "key_state{key="spare",state="healthy"} 1",
        "key_state{key="spare",state="suspect"} 0",
        "key_state{key="spare",state="recovering"} 0",
        "key_state{key="spare",state="cooling"} 0",
        "key_state{key="spare",state="disabled"} 0",
      ]
    `);
    expect(await scrapedOf(register, 'keys{')).toMatchInlineSnapshot(`
      [
        "keys{state="healthy"} 1",
        "keys{state="suspect"} 0",
        "keys{state="recovering"} 0",
        "keys{state="cooling"} 1",
        "keys{state="disabled"} 0",
      ]
    `);
    expect(await scrapedOf(register, 'key_back')).toEqual(['key_back_timestamp_seconds{key="main"} 1800000030']);
    await manager.advance(30_000);
    expect(await scrapedOf(register, 'key_back')).toEqual([]);
    expect(await scrapedOf(register, 'key_state')).toContain('key_state{key="main",state="recovering"} 1');
  });

  it('count fall-overs, exhaustions and transitions', async () => {
    const manager = acmeManager();
    collect({ managers: [manager] });
    await callWhile(manager, { main: 'rate-limited' });
    manager.reset();
    await callWhile(manager, { main: 'invalid-key', spare: 'invalid-key' });
    expect(await scrapedOf(register, 'failovers')).toMatchInlineSnapshot(`
      [
        "failovers_total{error_type="transient"} 0",
        "failovers_total{error_type="rate-limited"} 1",
        "failovers_total{error_type="quota-exhausted"} 0",
        "failovers_total{error_type="invalid-key"} 1",
        "failovers_total{error_type="_OTHER"} 0",
      ]
    `);
    expect(await scrapedOf(register, 'exhaustions')).toMatchInlineSnapshot(`
      [
        "exhaustions_total{reason="limited"} 0",
        "exhaustions_total{reason="rate-limited"} 0",
        "exhaustions_total{reason="quota-exhausted"} 0",
        "exhaustions_total{reason="invalid-keys"} 1",
        "exhaustions_total{reason="unavailable"} 0",
        "exhaustions_total{reason="mixed"} 0",
      ]
    `);
    expect(await scrapedOf(register, 'key_transitions')).toMatchInlineSnapshot(`
      [
        "key_transitions_total{key="main",to="cooling",reason="reported_by_method"} 1",
        "key_transitions_total{key="main",to="healthy"} 1",
        "key_transitions_total{key="main",to="disabled",reason="reported_by_method"} 1",
        "key_transitions_total{key="spare",to="disabled",reason="reported_by_method"} 1",
      ]
    `);
  });

  it('show limits, running attempts, units and tokens', async () => {
    const manager = acmeManager({ keys: [acmeKey('main')], limits: { requestsPerDay: 10, tokensPerMinute: 500 } });
    collect({ managers: [manager] });
    let finish = () => {};
    const running = manager.retryWithFallback(() => new Promise<void>((resolve) => (finish = resolve)));
    await manager.retryWithFallback((_key, attempt) => attempt.spent({ inputTokens: 120, outputTokens: 30 }));
    expect(await scrapedOf(register, 'attempts_running')).toEqual(['attempts_running{key="main"} 1']);
    expect(await scrapedOf(register, 'key_limit')).toMatchInlineSnapshot(`
      [
        "key_limit_remaining{key="main",limit="requestsPerDay"} 8",
        "key_limit_remaining{key="main",limit="tokensPerMinute"} 350",
        "key_limit_used{key="main",limit="requestsPerDay"} 2",
        "key_limit_used{key="main",limit="tokensPerMinute"} 150",
        "key_limit_max{key="main",limit="requestsPerDay"} 10",
        "key_limit_max{key="main",limit="tokensPerMinute"} 500",
      ]
    `);
    expect(await scrapedOf(register, 'quota_units')).toEqual(['quota_units_total{key="main"} 2']);
    expect(await scrapedOf(register, 'tokens')).toEqual([
      'tokens_total{key="main",direction="input"} 120',
      'tokens_total{key="main",direction="output"} 30',
    ]);
    finish();
    await running;
    expect(await scrapedOf(register, 'attempts_running')).toEqual(['attempts_running{key="main"} 0']);
  });

  it('show the limit that leaves least, of those with the same name', async () => {
    const limits = { requestsPerDay: 10, buckets: { search: { requestsPerDay: 5 }, list: { requestsPerDay: 5 } } };
    const manager = acmeManager({ keys: [acmeKey('main')], limits });
    collect({ managers: [manager] });
    await manager.retryWithFallback(() => 1, { operation: 'search' });
    await manager.retryWithFallback(() => 1, { operation: 'list' });
    expect(await scrapedOf(register, 'key_limit')).toEqual([
      'key_limit_remaining{key="main",limit="requestsPerDay"} 4',
      'key_limit_used{key="main",limit="requestsPerDay"} 1',
      'key_limit_max{key="main",limit="requestsPerDay"} 5',
    ]);
  });

  it('show whether the store is up, and when the key source was asked', async () => {
    const now = (): number => 1_800_000_000_000;
    const source = { name: 'vault', load: () => [acmeKey('main')] };
    const manager = new ApiKeyManager(acmeAdapter, source, {
      logger: false,
      store: new MemoryStore(),
      runtime: { now },
    });
    onTestFinished(() => manager.close());
    collect({ managers: [manager] });
    await manager.ready();
    expect(await scrapedOf(register, 'store_up')).toEqual(['store_up{store="memory"} 1']);
    expect(await scrapedOf(register, 'keys_source')).toEqual([
      'keys_source_last_attempt_timestamp_seconds{source="vault"} 1800000000',
      'keys_source_last_success_timestamp_seconds{source="vault"} 1800000000',
    ]);
  });
});
