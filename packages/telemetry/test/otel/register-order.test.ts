import { createRequire } from 'node:module';
import { registry } from '@api-key-fallback/core';
import { instrument } from '@api-key-fallback/telemetry/otel';
import type * as api from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { acme } from '../acme-manager.ts';
import { registerAcme } from './acme-server.ts';
import { TestSdk } from './test-sdk.ts';

const answer = async (): Promise<number> => 1;
const endings: (() => void)[] = [];

afterEach(() => {
  for (const end of endings.splice(0).toReversed()) end();
  registry.unregister(acme);
});

/** Ends with the test. */
function ending<T extends (() => void) | Disposable>(what: T): T {
  endings.push(typeof what === 'function' ? what : () => what[Symbol.dispose]());
  return what;
}

/** The number of calls in the spans, and in the metrics. */
async function callsIn(sdk: TestSdk): Promise<readonly [spans: number, recorded: number, attempts: number]> {
  const durations = await sdk.seriesOf('api_key_fallback.call.duration');
  const attempts = await sdk.seriesOf('api_key_fallback.quota.units');
  const counts = durations.map(([, value]) => (value as { readonly count: number }).count);
  return [sdk.find('api_key_fallback.call acme').length, sum(counts), sum(attempts.map(([, value]) => Number(value)))];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

describe('instrument()', () => {
  it('may be called after the SDK is registered', async () => {
    const sdk = ending(TestSdk.started());
    ending(instrument());
    const manager = registerAcme();
    await manager.retryWithFallback(answer);
    expect(await callsIn(sdk)).toEqual([1, 1, 1]);
  });

  it('may be called before the SDK is registered', async () => {
    ending(instrument());
    const sdk = ending(TestSdk.started());
    const manager = registerAcme();
    await manager.retryWithFallback(answer);
    expect(await callsIn(sdk)).toEqual([1, 1, 1]);
  });

  it('measures from the next call on if the SDK is registered after the first calls', async () => {
    ending(instrument());
    const manager = registerAcme();
    await manager.retryWithFallback(answer);
    const sdk = ending(TestSdk.started());
    await manager.retryWithFallback(answer);
    // The attempts are read from the status, which has counted the first one, too.
    expect(await callsIn(sdk)).toEqual([1, 1, 2]);
  });

  it('shows the states of keys before the first call, whatever is registered first', async () => {
    ending(instrument());
    const sdk = ending(TestSdk.started());
    registerAcme();
    expect(await sdk.seriesOf('api_key_fallback.keys')).toHaveLength(5);
  });

  it('measures when the SDK has loaded the other build of the API, after the first calls', async () => {
    ending(instrument());
    const manager = registerAcme();
    await manager.retryWithFallback(answer);
    const sdk = ending(new TestSdk());
    const { trace, metrics } = createRequire(import.meta.url)('@opentelemetry/api') as typeof api;
    trace.setGlobalTracerProvider(sdk.tracerProvider);
    metrics.setGlobalMeterProvider(sdk.meterProvider);
    await manager.retryWithFallback(answer);
    expect(await callsIn(sdk)).toEqual([1, 1, 2]);
  });

  it('goes over to an SDK that is registered in place of another one', async () => {
    const first = ending(TestSdk.started());
    ending(instrument());
    const manager = registerAcme();
    await manager.retryWithFallback(answer);
    first[Symbol.dispose]();
    const second = ending(TestSdk.started());
    await manager.retryWithFallback(answer);
    expect([await callsIn(first), await callsIn(second)]).toEqual([
      [1, 1, 0],
      [1, 1, 2],
    ]);
  });

  it('uses given providers instead of the registered ones', async () => {
    const registered = ending(TestSdk.started());
    const given = ending(new TestSdk());
    ending(instrument({ tracerProvider: given.tracerProvider, meterProvider: given.meterProvider }));
    const manager = registerAcme();
    await manager.retryWithFallback(answer);
    expect([await callsIn(registered), await callsIn(given)]).toEqual([
      [0, 0, 0],
      [1, 1, 1],
    ]);
  });

  it('does nothing but run the calls without an SDK', async () => {
    ending(instrument());
    const manager = registerAcme();
    expect(await manager.retryWithFallback(answer)).toBe(1);
  });
});
