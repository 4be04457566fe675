import { InvalidOptionsError, registry } from '@api-key-fallback/core';
import { instrument, type InstrumentOptions } from '@api-key-fallback/telemetry/otel';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { acme } from '../acme-manager.ts';
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

describe('the options', () => {
  it.each([
    [{}, true],
    [{ tokens: false }, false],
  ])('let answers be read for their tokens: %j', (options, areRead) => {
    const trace = vi.spyOn(registry, 'trace');
    instrument(options)();
    expect(trace.mock.calls).toEqual([[expect.objectContaining({ countsTokens: areRead })]]);
    trace.mockRestore();
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
