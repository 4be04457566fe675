import { InvalidOptionsError, type ApiKeyManager } from '@api-key-fallback/core';
import type { MeterProvider, TracerProvider } from '@opentelemetry/api';

/** What `instrument()` watches, and where it sends that. */
interface ActiveInstrument {
  readonly managers?: readonly ApiKeyManager[];
  readonly meterProvider?: MeterProvider;
  readonly tracerProvider?: TracerProvider;
}

const slot = Symbol.for('@api-key-fallback/telemetry/instruments@1');

/** Those of all copies of this package in the process. */
const active = ((globalThis as { [slot]?: Set<ActiveInstrument> })[slot] ??= new Set());

/**
 * Notes what is instrumented. Returns the function that ends that.
 *
 * @throws InvalidOptionsError if it is instrumented already, because all spans and metrics would be doubled.
 */
export function noteActive(instrument: ActiveInstrument): () => void {
  if ([...active].some((other) => isSame(instrument, other))) {
    throw new InvalidOptionsError(
      'instrument() sends the spans and metrics of these key managers already, perhaps from a file that Node loads before the ' +
        'application. Leave out one of the calls, or first call the function that it has returned.',
    );
  }
  active.add(instrument);
  return () => void active.delete(instrument);
}

/** Without `managers`, all of the registry are watched. */
function isSame(one: ActiveInstrument, other: ActiveInstrument): boolean {
  if (one.meterProvider !== other.meterProvider || one.tracerProvider !== other.tracerProvider) return false;
  if (!one.managers || !other.managers) return one.managers === other.managers;
  return one.managers.some((manager) => other.managers?.includes(manager));
}
