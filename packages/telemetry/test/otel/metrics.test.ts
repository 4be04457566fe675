import { ApiKeyManager, MemoryStore, registry } from '@api-key-fallback/core';
import { instrument } from '@api-key-fallback/telemetry/otel';
import { AggregationTemporality, DataPointType, type MetricData } from '@opentelemetry/sdk-metrics';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { acme, acmeAdapter, acmeManager } from '../acme-manager.ts';
import { serverKeys, ask, registerAcme, startAcmeServer } from './acme-server.ts';
import { TestSdk } from './test-sdk.ts';

let sdk: TestSdk;
let stop: () => void;

beforeEach(() => {
  sdk = TestSdk.started();
  stop = instrument();
});
afterEach(() => {
  stop();
  registry.unregister(acme);
  sdk[Symbol.dispose]();
});

const typeNames: Readonly<Partial<Record<DataPointType, string>>> = {
  [DataPointType.SUM]: 'counter',
  [DataPointType.GAUGE]: 'gauge',
  [DataPointType.HISTOGRAM]: 'histogram',
};

/** Name, type, unit and attributes of a metric in one line. */
function lineOf({ descriptor: { name, unit }, dataPointType, dataPoints }: MetricData): string {
  const attributes = new Set(dataPoints.flatMap((point: { attributes: object }) => Object.keys(point.attributes)));
  return [name, typeNames[dataPointType], unit || '-', [...attributes].join(' ')].join(' | ');
}

const answer = async (): Promise<number> => 1;

describe('the metrics', () => {
  it('have these names, types, units and attributes', async () => {
    await using server = await startAcmeServer({ 1: [401], 2: [429] });
    const store = new MemoryStore();
    const options = { store, logger: false, limits: { requestsPerDay: 100 } } as const;
    await using manager = new ApiKeyManager(acmeAdapter, async () => serverKeys, options);
    registry.register(manager);
    const call = (keys: number) => manager.retryWithFallback((apiKey) => ask(server.url, apiKey), { maxRetries: keys });
    await call(1);
    await expect(manager.retryWithFallback(() => Promise.reject(new TypeError('none')))).rejects.toThrow('none');
    expect([...(await sdk.collect()).values()].map(lineOf).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'api_key_fallback.attempts | counter | {attempt} | provider pool key outcome error.type',
      'api_key_fallback.attempts.running | gauge | {attempt} | provider pool key',
      'api_key_fallback.call.duration | histogram | s | provider outcome error.type',
      'api_key_fallback.call.keys_tried | histogram | {key} | provider outcome error.type',
      'api_key_fallback.exhaustions | counter | {exhaustion} | provider pool reason',
      'api_key_fallback.failovers | counter | {failover} | provider pool error.type',
      'api_key_fallback.key.back | gauge | s | provider pool key',
      'api_key_fallback.key.limit.max | gauge | - | provider pool key limit',
      'api_key_fallback.key.limit.remaining | gauge | - | provider pool key limit',
      'api_key_fallback.key.limit.used | gauge | - | provider pool key limit',
      'api_key_fallback.key.state | gauge | - | provider pool key state',
      'api_key_fallback.key.transitions | counter | {transition} | provider pool key to reason',
      'api_key_fallback.keys | gauge | {key} | provider pool state',
      'api_key_fallback.keys.source.last_attempt | gauge | s | provider pool source',
      'api_key_fallback.keys.source.last_success | gauge | s | provider pool source',
      'api_key_fallback.quota.units | counter | {unit} | provider pool key',
      'api_key_fallback.store.up | gauge | - | provider pool store',
      'api_key_fallback.tokens | counter | {token} | provider pool key direction',
    ]);
  });

  it('count attempts by what became of them', async () => {
    await using server = await startAcmeServer({ 1: [401] });
    const manager = registerAcme();
    await manager.retryWithFallback((apiKey) => ask(server.url, apiKey));
    const counted = (await sdk.seriesOf('api_key_fallback.attempts')).filter(([, value]) => value !== 0);
    const origin = { provider: 'acme', pool: 'default' };
    expect(counted).toEqual([
      [{ ...origin, key: 'ACME_KEY_1', outcome: 'error', 'error.type': 'invalid-key' }, 1],
      [{ ...origin, key: 'ACME_KEY_2', outcome: 'success' }, 1],
    ]);
  });

  it('have a histogram of the duration in seconds, with the buckets of the option', async () => {
    stop();
    using other = new TestSdk();
    stop = instrument({ durationBuckets: [1, 60], meterProvider: other.meterProvider });
    const manager = registerAcme();
    await manager.retryWithFallback(() => manager.advance(1500));
    expect(await other.seriesOf('api_key_fallback.call.duration')).toEqual([
      [
        { provider: 'acme', outcome: 'success' },
        expect.objectContaining({ sum: 1.5, buckets: { boundaries: [1, 60], counts: [0, 1, 0] } }),
      ],
    ]);
  });

  it('read the status of each manager once for a collection', async () => {
    const manager = registerAcme();
    const status = vi.spyOn(manager, 'status');
    await sdk.collect();
    expect(status).toHaveBeenCalledTimes(1);
  });

  it('are those of the given managers only', async () => {
    stop();
    const [given, other] = [acmeManager({ pool: 'given' }), acmeManager({ pool: 'other' })];
    registry.register(other);
    stop = instrument({ managers: [given] });
    await Promise.all([given.retryWithFallback(answer), other.retryWithFallback(answer)]);
    registry.unregister(acme);
    const pools = (await sdk.seriesOf('api_key_fallback.quota.units')).map(([{ pool }]) => pool);
    expect(new Set(pools)).toEqual(new Set(['given']));
    expect(sdk.find('api_key_fallback.call acme')).toHaveLength(1);
  });

  it('of a removed key end, and are 0 where the SDK exports the last value for ever', async () => {
    const manager = registerAcme();
    const keysWithState = async () => {
      const states = await sdk.seriesOf('api_key_fallback.key.state');
      return states.filter(([, value]) => value === 1).map(([{ key }]) => key);
    };
    manager.disable(serverKeys[0]?.key ?? '');
    expect(await keysWithState()).toEqual(['ACME_KEY_1', 'ACME_KEY_2', 'ACME_KEY_3']);
    manager.setKeys(serverKeys.slice(1));
    expect(await keysWithState()).toEqual(['ACME_KEY_2', 'ACME_KEY_3']);
    expect(await keysWithState()).toEqual(['ACME_KEY_2', 'ACME_KEY_3']);
  });

  it('of a removed key are gone from the second collection on where the SDK exports what was observed', async () => {
    stop();
    using delta = new TestSdk({ temporality: AggregationTemporality.DELTA });
    const manager = registerAcme();
    stop = instrument({ meterProvider: delta.meterProvider });
    await delta.collect();
    manager.setKeys(serverKeys.slice(1));
    await delta.collect();
    const states = await delta.seriesOf('api_key_fallback.key.state');
    expect(new Set(states.map(([{ key }]) => key))).toEqual(new Set(['ACME_KEY_2', 'ACME_KEY_3']));
  });
});
