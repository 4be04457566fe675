// `@api-key-fallback/telemetry/otel`: spans and metrics for OpenTelemetry.

export { instrument } from './otel/instrument.ts';
export type { InstrumentOptions } from './otel/instrument.ts';
