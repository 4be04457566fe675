import { type CallTracer } from '@api-key-fallback/core';
import { instrument, type InstrumentOptions } from '@api-key-fallback/telemetry/otel';
import { context, createNoopMeter, type MeterProvider, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { MeterProvider as SdkMeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { AlwaysOffSampler, NoopSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { benchManager } from '../bench-manager.ts';
import { Comparison } from '../comparison.ts';
import type { Effort } from '../effort.ts';
import type { CaseReport } from '../report.ts';
import type { Subject } from '../subject.ts';

async function answer(): Promise<number> {
  return 1;
}

const idleTracer: CallTracer = {
  traceCall: (_call, run) => run(),
  traceAttempt: (_attempt, run) => run(),
};

/** Without a reader, the SDK keeps no metrics. */
class IdleReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

const noMeter: MeterProvider = { getMeter: createNoopMeter };
const unsampled = new TracerProvider({ sampler: new AlwaysOffSampler() });
const recording = new TracerProvider({ spanProcessors: [new NoopSpanProcessor()] });

function tracedBy(name: string, tracer: CallTracer): Subject {
  const manager = benchManager(undefined, { tracer });
  return { name, call: () => manager.retryWithFallback(answer) };
}

function instrumented(name: string, options: InstrumentOptions): Subject {
  const manager = benchManager();
  instrument({ managers: [manager], ...options });
  return { name, call: () => manager.retryWithFallback(answer) };
}

/** What the SDK itself takes for the spans of a call and its attempt. */
function twoSpans(name: string, tracer: Tracer): Subject {
  const inSpan = (inner: () => Promise<number>) =>
    tracer.startActiveSpan('span', async (span) => {
      const value = await inner();
      span.end();
      return value;
    });
  return { name, call: () => inSpan(() => inSpan(answer)) };
}

/** The cost of tracing a call. */
export async function tracedCall(effort: Effort): Promise<CaseReport> {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const meterProvider = new SdkMeterProvider({ readers: [new IdleReader()] });
  const untraced = benchManager();
  const names = {
    untraced: 'not traced',
    idle: 'a tracer that does nothing',
    unsampled: 'instrument(), spans not recorded',
    recorded: 'instrument(), spans recorded',
    measured: 'instrument(), spans not recorded, with metrics',
  };
  const subjects: Subject[] = [
    { name: 'bare call', call: answer },
    { name: names.untraced, call: () => untraced.retryWithFallback(answer) },
    tracedBy(names.idle, idleTracer),
    instrumented(names.unsampled, { tracerProvider: unsampled, meterProvider: noMeter }),
    instrumented(names.recorded, { tracerProvider: recording, meterProvider: noMeter }),
    instrumented(names.measured, { tracerProvider: unsampled, meterProvider }),
    twoSpans('two spans of the SDK, not recorded', unsampled.getTracer('bench')),
    twoSpans('two spans of the SDK, recorded', recording.getTracer('bench')),
  ];
  const comparison = await Comparison.of(subjects, effort, { title: 'A call', per: 'call', withBytes: true });
  context.disable();
  const added = (name: string) => ({ value: comparison.addedNs(name) - comparison.addedNs(names.untraced) });
  return {
    title: 'Traced call',
    about:
      'Calls that return immediately. The SDK of OpenTelemetry takes most of the time: a call has a span for itself and one for its attempt.',
    tables: [comparison.table],
    measures: {
      'traced call: added time': added(names.idle),
      'traced call, spans not recorded: added time': added(names.unsampled),
    },
  };
}
