import type { AttemptEnd, CallEnd, CallTracer, KeyRef, TracedAttempt, TracedCall } from '@api-key-fallback/core';
import {
  SpanStatusCode,
  trace,
  type Attributes,
  type Span,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { scope } from './scope.ts';

/** The value of the attribute `api_key_fallback.key`; `undefined` leaves it out. */
export type NameKey = (key: KeyRef) => string | undefined;

/** Runs each call, and each of its attempts, inside a span. */
export class CallSpans implements CallTracer {
  readonly #providerNow: () => TracerProvider;
  readonly #nameKey: NameKey;
  #provider: TracerProvider | undefined;
  #tracer: Tracer | undefined;

  constructor(providerNow: () => TracerProvider, nameKey: NameKey) {
    this.#providerNow = providerNow;
    this.#nameKey = nameKey;
  }

  traceCall(call: TracedCall, run: () => Promise<unknown>): unknown {
    return this.#tracerNow().startActiveSpan(`api_key_fallback.call ${call.provider}`, (span) => {
      if (span.isRecording()) {
        span.setAttributes(aboutCall(call));
        call.onEnd((end) => finish(span, end, endOfCall(end)));
      }
      return run();
    });
  }

  traceAttempt(attempt: TracedAttempt, run: () => Promise<unknown>): unknown {
    // The sampler has decided for the whole call, and a second span that is not recorded takes as long as the rest.
    if (trace.getActiveSpan()?.isRecording() === false) return run();
    return this.#tracerNow().startActiveSpan('api_key_fallback.attempt', (span) => {
      if (span.isRecording()) {
        span.setAttributes({ ...aboutCall(attempt), ...this.#aboutAttempt(attempt) });
        attempt.onEnd((end) => finish(span, end, endOfAttempt(end)));
      }
      return run();
    });
  }

  /** Another provider is in use after the SDK is registered. The proxy that the API has until then can belong to another build of it. */
  #tracerNow(): Tracer {
    const provider = this.#providerNow();
    if (provider === this.#provider && this.#tracer) return this.#tracer;
    this.#provider = provider;
    return (this.#tracer = provider.getTracer(scope));
  }

  #aboutAttempt({ key, attemptNumber }: TracedAttempt): Attributes {
    return { 'api_key_fallback.key': this.#nameKey(key), 'api_key_fallback.attempt.number': attemptNumber };
  }
}

function aboutCall({ provider, pool, callId, operation, methodName }: TracedCall | TracedAttempt): Attributes {
  return {
    'api_key_fallback.provider': provider,
    'api_key_fallback.pool': pool,
    'api_key_fallback.call.id': callId,
    'api_key_fallback.operation': operation,
    'code.function.name': methodName,
  };
}

function endOfCall({ attempts, keysTried }: CallEnd): Attributes {
  return { 'api_key_fallback.attempts': attempts, 'api_key_fallback.keys_tried': keysTried };
}

function endOfAttempt({ verdict, reason, delayMs }: AttemptEnd): Attributes {
  return {
    'api_key_fallback.verdict': verdict,
    'api_key_fallback.reason': reason,
    'api_key_fallback.retry.delay': delayMs === undefined ? undefined : delayMs / 1000,
  };
}

function finish(span: Span, { outcome, errorType, message }: CallEnd | AttemptEnd, attributes: Attributes): void {
  span.setAttributes({ 'api_key_fallback.outcome': outcome, 'error.type': errorType, ...attributes });
  if (outcome === 'error' || outcome === 'exhausted')
    span.setStatus({ code: SpanStatusCode.ERROR, ...(message === undefined ? {} : { message }) });
  span.end();
}
