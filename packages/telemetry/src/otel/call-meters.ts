import type { TracedCall } from '@api-key-fallback/core';
import type { MeterProvider } from '@opentelemetry/api';
import { MeterInstruments, type ReadMetrics } from './meter-instruments.ts';

/**
 * Makes the instruments again when another meter provider is registered.
 *
 * The API has no proxy for meters, as it has for tracers: instruments that are made before the SDK is registered stay silent. So each
 * call compares the provider.
 */
export class CallMeters {
  readonly #providerNow: () => MeterProvider;
  readonly #read: ReadMetrics;
  readonly #durationBuckets: readonly number[] | undefined;
  #provider: MeterProvider | undefined;
  #instruments: MeterInstruments | undefined;

  constructor(providerNow: () => MeterProvider, read: ReadMetrics, durationBuckets: readonly number[] | undefined) {
    this.#providerNow = providerNow;
    this.#read = read;
    this.#durationBuckets = durationBuckets;
  }

  /** Makes the instruments again if another provider is in use. */
  update(): void {
    const provider = this.#providerNow();
    if (provider === this.#provider) return;
    this.close();
    this.#provider = provider;
    this.#instruments = new MeterInstruments(provider, this.#read, this.#durationBuckets);
  }

  /** Records a call at its end. */
  watch(call: TracedCall): void {
    this.update();
    call.onEnd((end) => this.#instruments?.record(call.provider, end));
  }

  close(): void {
    this.#instruments?.close();
    this.#instruments = undefined;
  }
}
