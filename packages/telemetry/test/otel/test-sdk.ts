import { context, metrics, trace, type Attributes } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import {
  AggregationTemporality,
  MeterProvider,
  MetricReader,
  type DataPoint,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  ParentBasedSampler,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
  type Sampler,
} from '@opentelemetry/sdk-trace';

class CollectingReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

interface TestSdkOptions {
  readonly temporality?: AggregationTemporality;
  /** Decides which traces are recorded. @default all */
  readonly sampler?: Sampler;
}

/** The OpenTelemetry SDK, as an application sets it up. Nothing is global before `register()`. */
export class TestSdk implements Disposable {
  readonly #exporter = new InMemorySpanExporter();
  readonly #reader: MetricReader;
  readonly #undici = new UndiciInstrumentation();
  readonly tracerProvider: TracerProvider;
  readonly meterProvider: MeterProvider;

  constructor({
    temporality = AggregationTemporality.CUMULATIVE,
    sampler = new AlwaysOnSampler(),
  }: TestSdkOptions = {}) {
    const root = new ParentBasedSampler({ root: sampler });
    const spanProcessors = [new SimpleSpanProcessor({ exporter: this.#exporter })];
    this.tracerProvider = new TracerProvider({ spanProcessors, sampler: root });
    this.#reader = new CollectingReader({ aggregationTemporalitySelector: () => temporality });
    this.meterProvider = new MeterProvider({ readers: [this.#reader] });
    this.#undici.setTracerProvider(this.tracerProvider);
  }

  /** Sets up the SDK and registers it. */
  static started(options?: TestSdkOptions): TestSdk {
    const sdk = new TestSdk(options);
    sdk.register();
    return sdk;
  }

  register(): void {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(this.tracerProvider);
    metrics.setGlobalMeterProvider(this.meterProvider);
  }

  /** The spans that have ended. */
  get spans(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  /** The names of the ended spans, each below its parent. */
  get tree(): string {
    return treeOf(this.spans, undefined, '');
  }

  find(name: string): readonly ReadableSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  /** Collects the metrics, by name. */
  async collect(): Promise<ReadonlyMap<string, MetricData>> {
    const { resourceMetrics, errors } = await this.#reader.collect();
    if (errors.length > 0) throw new AggregateError(errors);
    const all = resourceMetrics.scopeMetrics.flatMap(({ metrics: ofScope }) => ofScope);
    return new Map(all.map((metric) => [metric.descriptor.name, metric]));
  }

  /** Collects the series of a metric. */
  async seriesOf(name: string): Promise<readonly (readonly [attributes: Attributes, value: unknown])[]> {
    const points: readonly DataPoint<unknown>[] = (await this.collect()).get(name)?.dataPoints ?? [];
    return points.map(({ attributes, value }) => [attributes, value]);
  }

  [Symbol.dispose](): void {
    this.#undici.disable();
    context.disable();
    trace.disable();
    metrics.disable();
  }
}

function treeOf(spans: readonly ReadableSpan[], parentId: string | undefined, indent: string): string {
  return spans
    .filter((span) => span.parentSpanContext?.spanId === parentId)
    .toSorted((a, b) => startOf(a) - startOf(b))
    .map((span) => `${indent}${span.name}\n${treeOf(spans, span.spanContext().spanId, `${indent}  `)}`)
    .join('');
}

function startOf({ startTime: [seconds, nanoseconds] }: ReadableSpan): number {
  return seconds * 1e9 + nanoseconds;
}
