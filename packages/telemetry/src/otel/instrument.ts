import { InvalidOptionsError, registry } from '@api-key-fallback/core';
import { checkOptionNames, readField } from '@api-key-fallback/core/adapter';
import { metrics, trace, type MeterProvider, type TracerProvider } from '@opentelemetry/api';
import { MetricsReader } from '../model/metrics-reader.ts';
import { nameOfKey } from '../model/series-names.ts';
import { checkTelemetryOptions, telemetryOptionNames, type TelemetryOptions } from '../model/telemetry-options.ts';
import { WatchedManagers } from '../model/watched-managers.ts';
import { CallMeters } from './call-meters.ts';
import { CallSpans } from './call-spans.ts';

/** Options of {@link instrument}. */
export interface InstrumentOptions extends TelemetryOptions {
  /** Gets the metrics. @default the provider that is registered in `@opentelemetry/api`, also if that happens later */
  readonly meterProvider?: MeterProvider;
  /** Gets the spans. @default the provider that is registered in `@opentelemetry/api`, also if that happens later */
  readonly tracerProvider?: TracerProvider;
}

const optionNames = new Set([...telemetryOptionNames, 'meterProvider', 'tracerProvider']);

/**
 * Sends spans and metrics of all calls to OpenTelemetry. Returns the function that ends it; calls that run then still end their spans.
 *
 * Each call is a span, each of its attempts a span below that, and what the attempt sends is below the attempt. The sampler decides once
 * for a call and its attempts. Call it once per process, before or after the SDK is started; if the SDK is started later, spans and
 * metrics begin with the next call.
 *
 * @throws InvalidOptionsError for an invalid option.
 * @example
 * const stop = instrument({ keyLabel: 'ordinal' });
 */
export function instrument(options: InstrumentOptions = {}): () => void {
  checkOptions(options);
  const { managers, keyLabel = 'label', durationBuckets, tokens = true, meterProvider, tracerProvider } = options;
  const watched = new WatchedManagers(managers);
  const reader = new MetricsReader(watched, keyLabel);
  const meters = new CallMeters(
    () => meterProvider ?? metrics.getMeterProvider(),
    () => reader.read(),
    durationBuckets,
  );
  const spans = new CallSpans(
    () => tracerProvider ?? trace.getTracerProvider(),
    (key) => nameOfKey(key, keyLabel),
  );
  meters.update();
  watched.trace({
    countsTokens: tokens,
    traceCall(call, run) {
      meters.watch(call);
      return spans.traceCall(call, run);
    },
    traceAttempt: (attempt, run) => spans.traceAttempt(attempt, run),
  });
  const stopFollowing = registry.on('registered', () => meters.update());
  return () => {
    stopFollowing();
    watched.stop();
    meters.close();
  };
}

function checkOptions(options: InstrumentOptions): void {
  checkOptionNames('options', options, optionNames, "{ keyLabel: 'ordinal' }");
  checkTelemetryOptions(options);
  checkProvider('meterProvider', options.meterProvider, 'getMeter');
  checkProvider('tracerProvider', options.tracerProvider, 'getTracer');
}

function checkProvider(name: string, provider: MeterProvider | TracerProvider | undefined, method: string): void {
  if (provider === undefined || typeof readField(provider, method) === 'function') return;
  throw new InvalidOptionsError(`"${name}" must have the method ${method}; leave it out to use the registered one.`);
}
