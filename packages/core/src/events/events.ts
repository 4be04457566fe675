import type { ExhaustedReason } from '../base/errors.ts';
import type { KeyRef } from '../base/key-ref.ts';
import type { VerdictKind } from '../base/verdict.ts';

interface ProviderEvent {
  readonly provider: string;
}

interface KeyEvent extends ProviderEvent {
  readonly key: KeyRef;
}

interface AttemptEvent extends KeyEvent {
  /** The number of the attempt on its key, from 1. */
  readonly attemptNumber: number;
  readonly maxRetries: number;
}

interface HealthEvent extends KeyEvent {
  /** The quota bucket concerned; absent for the whole key. */
  readonly bucket?: string;
  /** Present when another process found out and this one heard of it through the store. */
  readonly isFromStore?: true;
}

interface OutageEvent extends HealthEvent {
  /** The adapter's short code, or `operator`. */
  readonly reason: string;
}

/**
 * What a key manager tells, by event name. No event holds a key: texts of errors are redacted.
 *
 * Times named `…Ms` are in ms, those named `untilMs` in ms since the epoch.
 */
export interface KeyManagerEvents {
  'key.selected': KeyEvent;
  'attempt.started': AttemptEvent & {
    /** Whether it is the call's first attempt on any key. */
    readonly isFirst: boolean;
  };
  'attempt.failed': AttemptEvent & {
    readonly verdict: VerdictKind;
    readonly reason: string;
    readonly message: string;
    /** The pause before the next attempt on the same key; absent when there is none. */
    readonly delayMs?: number;
  };
  /** A call gives a key up and takes another one. */
  'call.fell-over': KeyEvent & { readonly next: KeyRef };
  'key.suspected': OutageEvent & { readonly untilMs: number };
  'key.cooled-down': OutageEvent & { readonly untilMs: number };
  'key.disabled': OutageEvent & { readonly untilMs?: number };
  'key.recovered': HealthEvent;
  'call.succeeded': KeyEvent;
  /** The caller's signal ended the call. */
  'call.aborted': ProviderEvent;
  'call.failed': ProviderEvent & { readonly message: string };
  /** Retries would add too much traffic, so calls do without; told again when it happens anew. */
  'budget.exhausted': ProviderEvent;
  /** The store cannot be reached: the process goes on with what it knows by itself. ProviderEvent once per outage. */
  'store.failed': ProviderEvent & { readonly store: string; readonly message: string };
  /** The store is back, and has been told everything again. */
  'store.recovered': ProviderEvent & { readonly store: string };
  'keys.exhausted': ProviderEvent & {
    readonly reason: ExhaustedReason;
    /** Whether a spent retry budget ended the call, so that keys may be left. */
    readonly isBudgetSpent: boolean;
    /** Failed attempts of the call; 0 when no key could be used. */
    readonly attempts: number;
    readonly retryAfterMs?: number;
  };
}

/** The names that `manager.on()` accepts. */
export type KeyManagerEventName = keyof KeyManagerEvents;

/** Receives an event; whatever it throws or returns changes nothing. */
export type KeyManagerListener<Name extends KeyManagerEventName> = (event: KeyManagerEvents[Name]) => unknown;

const isName: Readonly<Record<KeyManagerEventName, true>> = {
  'key.selected': true,
  'attempt.started': true,
  'attempt.failed': true,
  'call.fell-over': true,
  'key.suspected': true,
  'key.cooled-down': true,
  'key.disabled': true,
  'key.recovered': true,
  'call.succeeded': true,
  'call.aborted': true,
  'call.failed': true,
  'budget.exhausted': true,
  'store.failed': true,
  'store.recovered': true,
  'keys.exhausted': true,
};

/** Every event there is. */
export const eventNames: readonly KeyManagerEventName[] = Object.keys(isName) as KeyManagerEventName[];

export function isEventName(name: string): name is KeyManagerEventName {
  return Object.hasOwn(isName, name);
}
