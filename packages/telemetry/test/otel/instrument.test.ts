import { InvalidOptionsError, registry } from '@api-key-fallback/core';
import { instrument, type InstrumentOptions } from '@api-key-fallback/telemetry/otel';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { acme, acmeManager, statingAnswer } from '../acme-manager.ts';
import { registerAcme } from './acme-server.ts';
import { TestSdk } from './test-sdk.ts';

let sdk: TestSdk;

beforeEach(() => {
  sdk = TestSdk.started();
});
afterEach(() => {
  registry.unregister(acme);
  sdk[Symbol.dispose]();
});

describe('the function that instrument() returns', () => {
  it('ends spans and metrics of the calls that begin later', async () => {
    const stop = instrument();
    const manager = registerAcme();
    stop();
    await manager.retryWithFallback(async () => 1);
    expect(sdk.spans).toEqual([]);
    expect(await sdk.collect()).toEqual(new Map());
  });

  it('leaves nothing that reads the status', async () => {
    const stop = instrument();
    const manager = registerAcme();
    stop();
    const status = vi.spyOn(manager, 'status');
    await sdk.collect();
    registerAcme({ pool: 'later' });
    await sdk.collect();
    expect(status).not.toHaveBeenCalled();
    expect(await sdk.seriesOf('api_key_fallback.keys')).toEqual([]);
  });

  it('lets the spans of running calls end', async () => {
    const stop = instrument();
    const manager = registerAcme();
    const { promise, resolve } = Promise.withResolvers<void>();
    const call = manager.retryWithFallback(() => promise);
    stop();
    resolve();
    await call;
    expect(sdk.tree).toBe('api_key_fallback.call acme\n  api_key_fallback.attempt\n');
  });

  it('may be called twice, and instrument() again after it', async () => {
    const stop = instrument();
    stop();
    stop();
    const stopAgain = instrument();
    const manager = registerAcme();
    await manager.retryWithFallback(async () => 1);
    expect(sdk.find('api_key_fallback.call acme')).toHaveLength(1);
    stopAgain();
  });
});

describe('a second instrument()', () => {
  it('is refused, because it would double all spans and metrics', () => {
    const stop = instrument();
    expect(() => instrument()).toThrow(InvalidOptionsError);
    expect(() => instrument({ keyLabel: 'id' })).toThrowErrorMatchingInlineSnapshot(
      `[InvalidOptionsError: instrument() sends the spans and metrics of these key managers already, perhaps from a file that Node loads before the application. Leave out one of the calls, or first call the function that it has returned.]`,
    );
    stop();
  });

  it('is refused also if another copy of the package has made the first one', async () => {
    const stop = instrument();
    vi.resetModules();
    const copy = await import('@api-key-fallback/telemetry/otel');
    expect(copy.instrument).not.toBe(instrument);
    expect(() => copy.instrument()).toThrow('instrument() sends');
    stop();
  });

  it('may watch other managers, but none that are watched already', () => {
    const [first, second, third] = [acmeManager(), acmeManager(), acmeManager()];
    const stops = [instrument({ managers: [first, second] }), instrument({ managers: [third] }), instrument()];
    expect(() => instrument({ managers: [second] })).toThrow(InvalidOptionsError);
    for (const stop of stops) stop();
  });

  it('may send to other providers', () => {
    const { meterProvider, tracerProvider } = sdk;
    const stops = [instrument(), instrument({ meterProvider, tracerProvider })];
    expect(() => instrument({ meterProvider, tracerProvider })).toThrow(InvalidOptionsError);
    for (const stop of stops) stop();
  });
});

describe('the options', () => {
  it.each([
    [{}, [120, 30]],
    [{ tokens: false }, [0, 0]],
  ])('say whether the tokens that answers state are counted: %j', async (options, counted) => {
    const stop = instrument(options);
    const manager = registerAcme({ keys: 1 });
    await manager.retryWithFallback(statingAnswer);
    const series = await sdk.seriesOf('api_key_fallback.tokens');
    expect(series.map(([{ direction }]) => direction)).toEqual(['input', 'output']);
    expect(series.map(([, value]) => value)).toEqual(counted);
    stop();
  });

  it.each([
    [{ meterProvidr: {} }, 'Did you mean "meterProvider"?'],
    [{ meterProvider: { getTracer: () => {} } }, '"meterProvider" must have the method getMeter'],
    [{ tracerProvider: 'sdk' }, '"tracerProvider" must have the method getTracer'],
    [{ keyLabel: 'name' }, '"keyLabel" must be one of label, ordinal, id, none'],
    [{ durationBuckets: [2, 1] }, '"durationBuckets" must be'],
  ])('are checked: %j', (options, message) => {
    const start = () => instrument(options as InstrumentOptions);
    expect(start).toThrow(InvalidOptionsError);
    expect(start).toThrow(message);
  });
});
