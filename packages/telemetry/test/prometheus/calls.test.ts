import { collectKeyMetrics } from '@api-key-fallback/telemetry/prometheus';
import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { acmeManager, callWhile } from '../acme-manager.ts';
import { scraped } from './scraped.ts';

let register: Registry;

beforeEach(() => {
  register = new Registry();
});

describe('the histograms of calls', () => {
  it('count calls by outcome and error, with no label for keys or pools', async () => {
    const manager = acmeManager();
    onTestFinished(collectKeyMetrics({ register, managers: [manager] }));
    await callWhile(manager, { main: 'transient' });
    await callWhile(manager, { main: 'invalid-key', spare: 'invalid-key' });
    const aborted = manager.retryWithFallback(() => 1, { signal: AbortSignal.abort() });
    await expect(aborted).rejects.toThrow('aborted');
    expect(await scraped(register, 'call_duration_seconds_count')).toMatchInlineSnapshot(`
      [
        "api_key_fallback_call_duration_seconds_count{provider="acme",outcome="success"} 1",
        "api_key_fallback_call_duration_seconds_count{provider="acme",outcome="exhausted",error_type="invalid-key"} 1",
        "api_key_fallback_call_duration_seconds_count{provider="acme",outcome="aborted",error_type="aborted"} 1",
      ]
    `);
    expect(await scraped(register, 'call_keys_tried_sum')).toMatchInlineSnapshot(`
      [
        "api_key_fallback_call_keys_tried_sum{provider="acme",outcome="success"} 2",
        "api_key_fallback_call_keys_tried_sum{provider="acme",outcome="exhausted",error_type="invalid-key"} 2",
        "api_key_fallback_call_keys_tried_sum{provider="acme",outcome="aborted",error_type="aborted"} 0",
      ]
    `);
  });

  it('have buckets from 10 ms to 82 s, in seconds', async () => {
    const manager = acmeManager();
    onTestFinished(collectKeyMetrics({ register, managers: [manager] }));
    await manager.retryWithFallback(() => manager.advance(200));
    const buckets = await scraped(register, 'call_duration_seconds_bucket');
    expect(buckets.map((line) => line.replace(/.*le="(.*?)".* (\d)/, '$1: $2')).join(', ')).toMatchInlineSnapshot(
      `"0.01: 0, 0.02: 0, 0.04: 0, 0.08: 0, 0.16: 0, 0.32: 1, 0.64: 1, 1.28: 1, 2.56: 1, 5.12: 1, 10.24: 1, 20.48: 1, 40.96: 1, 81.92: 1, +Inf: 1"`,
    );
    const bounds = (await scraped(register, 'call_keys_tried_bucket')).map((line) => /le="(.*?)"/.exec(line)?.[1]);
    expect(bounds).toEqual(['1', '2', '3', '5', '10', '20', '50', '+Inf']);
  });

  it('can have other buckets', async () => {
    const manager = acmeManager();
    const durationBuckets = Object.freeze([0.5, 5]);
    onTestFinished(collectKeyMetrics({ register, managers: [manager], durationBuckets }));
    await callWhile(manager);
    expect(await scraped(register, 'call_duration_seconds_bucket')).toHaveLength(3);
  });
});
