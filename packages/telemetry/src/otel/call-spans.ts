import type { AttemptEnd, CallEnd, CallTracer, KeyRef, TracedAttempt, TracedCall } from '@api-key-fallback/core';
import { SpanStatusCode, type Attributes, type Span, type TracerProvider } from '@opentelemetry/api';
import { scope } from './scope.ts';

/** The value of the attribute `api_key_fallback.key`; `undefined` leaves it out. */
export type NameKey = (key: KeyRef) => string | undefined;

/** Runs each call, and each of its attempts, inside a span. */
export class CallSpans implements CallTracer {
  readonly #provider: TracerProvider;
  readonly #nameKey: NameKey;

  constructor(provider: TracerProvider, nameKey: NameKey) {
    this.#provider = provider;
    this.#nameKey = nameKey;
  }

  traceCall(call: TracedCall, run: () => Promise<unknown>): unknown {
    return this.#runInSpan(`api_key_fallback.call ${call.provider}`, aboutCall(call), (span) => {
      if (span.isRecording()) call.onEnd((end) => finish(span, end, endOfCall(end)));
      return run();
    });
  }

  traceAttempt(attempt: TracedAttempt, run: () => Promise<unknown>): unknown {
    const { key, attemptNumber } = attempt;
    const attributes = {
      ...aboutCall(attempt),
      'api_key_fallback.key': this.#nameKey(key),
      'api_key_fallback.attempt.number': attemptNumber,
    };
    return this.#runInSpan('api_key_fallback.attempt', attributes, (span) => {
      if (span.isRecording()) attempt.onEnd((end) => finish(span, end, endOfAttempt(end)));
      return run();
    });
  }

  #runInSpan(name: string, attributes: Attributes, run: (span: Span) => unknown): unknown {
    // Asked for each span, because a tracer that was got before another copy of the API has registered its provider stays silent.
    return this.#provider.getTracer(scope).startActiveSpan(name, { attributes }, run);
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
