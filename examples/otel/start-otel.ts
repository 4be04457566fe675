// Starts OpenTelemetry with exporters that print to the console. The service imports it before it makes calls.
import { instrument } from '@api-key-fallback/telemetry/otel';
import { context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { ConsoleMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { ConsoleSpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

const spans = new TracerProvider({
  spanProcessors: [new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() })],
});
const readings = new MeterProvider({
  readers: [new PeriodicExportingMetricReader({ exporter: new ConsoleMetricExporter(), exportIntervalMillis: 60_000 })],
});
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(spans);
metrics.setGlobalMeterProvider(readings);
new UndiciInstrumentation().enable();
instrument();

/** Sends what is left, before the process ends. */
export async function stopOtel(): Promise<void> {
  await Promise.all([spans.shutdown(), readings.shutdown()]);
}
