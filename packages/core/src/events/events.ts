import type { ExhaustedReason } from '../base/all-keys-failed-error.ts';
import type { LimitSource } from '../provider/key-limits.ts';
import type { KeyVerdict, ProbeResult } from '../provider/provider-adapter.ts';
import type { KeyRef } from './key-ref.ts';
import type { VerdictKind } from '../base/verdict.ts';

/**
 * What has changed a list of keys: `list` for a call of `setKeys()` and the like, otherwise why the key source was asked: at the
 * start, by its interval, before the keys expire, after it reported a change, after a key was refused, or by `refreshKeys()`.
 */
export type KeyChangeReason = 'list' | 'start' | 'interval' | 'expiry' | 'changed' | 'invalid-key' | 'manual';

/** Whose event it is. */
export interface EventOrigin {
  /** The provider's name, for example `openai`. */
  readonly provider: string;
  /** The name of the manager's pool of keys; `default` unless the manager names one. */
  readonly pool: string;
}

interface KeyEvent extends EventOrigin {
  /** The key concerned. */
  readonly key: KeyRef;
}

interface OperatedEvent {
  /** Who has caused it, as the option `actor` says; absent without one, and if another process caused it. */
  readonly actor?: string;
}

interface CallEvent extends EventOrigin {
  /** Identifies the call: `callId` of its attempts. The same in all events of a call. */
  readonly callId: string;
  /** The operation that the call has named. */
  readonly operation?: string;
  /** The name of the decorated method. */
  readonly methodName?: string;
}

interface EndedCallEvent extends CallEvent {
  /** How long the call took in ms, with all pauses and waits. A stream takes until it has ended. */
  readonly durationMs: number;
  /** The number of attempts of the call, in all pools. */
  readonly attempts: number;
  /** The number of different keys that the call has tried, in all pools. */
  readonly keysTried: number;
}

interface AttemptEvent extends KeyEvent, CallEvent {
  /** The number of the attempt on its key, from 1 to `maxRetries`. */
  readonly attemptNumber: number;
  /** The maximum number of attempts on each key, as the call's options set it. */
  readonly maxRetries: number;
}

interface EndedAttemptEvent extends AttemptEvent {
  /** How long the attempt took, in ms. */
  readonly durationMs: number;
}

interface HealthEvent extends KeyEvent {
  /** The quota bucket concerned; absent if the event concerns the whole key. */
  readonly bucket?: string;
  /** `true` if another process caused the change and the store delivered it; absent otherwise. */
  readonly isFromStore?: true;
}

interface OutageEvent extends HealthEvent {
  /**
   * The adapter's short code, for example `rate_limit_exceeded`; or `operator` after `disable()`, `marked` after
   * `markKeyFailed()`. With `isFromStore`, the kind of the verdict instead of the code.
   */
  readonly reason: string;
}

/**
 * The events of a key manager, by name. Listen with `manager.on(name, listener)`.
 *
 * No event contains a key, and error texts are redacted. Fields named `untilMs` are times in ms since the epoch; all other
 * fields that end in `Ms` are durations in ms.
 */
export interface KeyManagerEvents {
  /** A call selected a key. Emitted before its first attempt on that key. */
  'key.selected': KeyEvent & CallEvent;
  /** An attempt started. */
  'attempt.started': AttemptEvent & {
    /** Whether no attempt of this call has failed so far. */
    readonly isFirst: boolean;
  };
  /** An attempt succeeded: its method has returned, or its stream is complete. */
  'attempt.succeeded': EndedAttemptEvent;
  /** An attempt failed. */
  'attempt.failed': EndedAttemptEvent & {
    /** The kind of failure. */
    readonly verdict: VerdictKind;
    /** The adapter's short code for the failure. */
    readonly reason: string;
    /** The message of the error as one redacted line. */
    readonly message: string;
    /** The pause in ms before the next attempt on the same key; absent if the key is not tried again. */
    readonly delayMs?: number;
  };
  /** A call gave up on `key` and continues with `next`. */
  'call.fell-over': KeyEvent &
    CallEvent & {
      /** The key that the call uses next. */
      readonly next: KeyRef;
      /** The kind of the last failure on `key`; absent if it was given up without one, for example because its client failed. */
      readonly verdict?: VerdictKind;
    };
  /** A key became suspect: calls prefer other keys. Emitted once for any number of concurrent failures. */
  'key.suspected': OutageEvent & {
    /** When the key counts as healthy again, in ms since the epoch. */
    readonly untilMs: number;
  };
  /** A key started a cooldown: calls do not use it until the cooldown ends. Not emitted again when it is extended. */
  'key.cooled-down': OutageEvent & {
    /** When the cooldown ends, in ms since the epoch. */
    readonly untilMs: number;
  };
  /** A key was disabled: calls do not use it. */
  'key.disabled': OutageEvent &
    OperatedEvent & {
      /** When a call may check the key again, in ms since the epoch; absent if only `reset()` or `enable()` restores it. */
      readonly untilMs?: number;
    };
  /**
   * A key has no room left by a limit: an attempt has taken the last room, or a response says so. Emitted once until it has room again,
   * and by a header once until its reset.
   */
  'key.limited': KeyEvent & {
    /** The name of the limit as in `status()`, for example `requestsPerMinute`. */
    readonly limit: string;
    /** How the limit is known. Learned limits emit nothing: they are guesses. */
    readonly source: Exclude<LimitSource, 'learned'>;
    /** When it has room again, in ms since the epoch. */
    readonly untilMs: number;
    /** The quota bucket that it applies to; absent if it applies to the whole key. */
    readonly bucket?: string;
    /** The group whose keys share it. */
    readonly group?: string;
  };
  /** `prefer()` has put a key before all others. */
  'key.preferred': KeyEvent &
    OperatedEvent & {
      /** When that ends, in ms since the epoch; absent without an end. */
      readonly untilMs?: number;
    };
  /**
   * `endPreference()`, or a `reset()` of all keys, has ended what `prefer()` had begun. Not emitted when its time is over, when another key
   * is preferred, or when the key is removed.
   */
  'key.preference-ended': KeyEvent & OperatedEvent;
  /** A key is healthy again, after a successful call or check, `reset()` or `enable()`. */
  'key.recovered': HealthEvent &
    OperatedEvent & {
      /** What was called to make it available; absent after a call or a check, and if another process caused it. */
      readonly action?: 'reset' | 'enable';
    };
  /** `checkKeys()` has checked a key. Emitted before the events of what the result changes. */
  'key.checked': KeyEvent &
    OperatedEvent & {
      /** `working`: the provider accepts the key. `refused`: it does not, see `verdict`. `inconclusive`: see `reason`. */
      readonly outcome: ProbeResult['outcome'];
      /** What is wrong with a refused key. */
      readonly verdict?: KeyVerdict['kind'];
      /** The code of the provider or the adapter for the outcome; absent for a key that simply works. */
      readonly reason?: string;
      /** How long the check of this key took, in ms. */
      readonly latencyMs: number;
    };
  /** A call succeeded with this key. */
  'call.succeeded': KeyEvent & EndedCallEvent;
  /** The caller's signal ended a call, or the consumer of its stream left before the end. */
  'call.aborted': EndedCallEvent;
  /** A call ended with an error, but not because of its caller's signal. */
  'call.failed': EndedCallEvent & {
    /** The message of the error as one redacted line. */
    readonly message: string;
  };
  /** The retry budget is spent: calls continue without retries. Emitted once until retries are allowed again. */
  'budget.exhausted': EventOrigin;
  /** The store is unavailable: this process continues with its own state. Emitted once per outage. */
  'store.failed': EventOrigin & {
    /** The kind of the store, for example `redis`. */
    readonly store: string;
    /** The message of the error as one redacted line. */
    readonly message: string;
  };
  /** The store is available again and has received the state of this process. */
  'store.recovered': EventOrigin & {
    /** The kind of the store, for example `redis`. */
    readonly store: string;
  };
  /** The list of keys has changed. */
  'keys.changed': EventOrigin & {
    readonly added: readonly KeyRef[];
    readonly removed: readonly KeyRef[];
    readonly kept: readonly KeyRef[];
    readonly reason: KeyChangeReason;
    /** The name of the key source; absent for a change by the application. */
    readonly source?: string;
  };
  /** The key source cannot be read: the last good keys serve on. Emitted once per outage. */
  'keys.refresh-failed': EventOrigin & {
    readonly source: string;
    /** The message of the error as one redacted line. */
    readonly message: string;
    /** The number of the last good keys, which serve on; 0 before the first load. */
    readonly keysLeft: number;
  };
  /** The key source can be read again. */
  'keys.refreshed': EventOrigin & { readonly source: string };
  /** A call has no key left. `attempts` and `keysTried` are those of this pool, 0 if no key was available. */
  'keys.exhausted': EndedCallEvent & {
    /** Why no key was left: the last verdict that all keys share, or `mixed`. */
    readonly reason: ExhaustedReason;
    /** Whether the spent retry budget ended the call. Untried keys may then be left. */
    readonly isBudgetSpent: boolean;
    /** Time in ms until the first key is available again; absent if no key becomes available by itself. */
    readonly retryAfterMs?: number;
    /** The pool in which the call goes on; absent if it ends. */
    readonly fallbackTo?: EventOrigin;
  };
}

/** The event names that `manager.on()` accepts, besides `*`. */
export type KeyManagerEventName = keyof KeyManagerEvents;

/** Receives an event. Its return value, errors and rejections are ignored. */
export type KeyManagerListener<Name extends KeyManagerEventName> = (event: KeyManagerEvents[Name]) => unknown;

/** The arguments of a listener of all events: a name and its event. */
type AnyOf<Events> = { [Name in keyof Events]: [name: Name, event: Events[Name]] }[keyof Events];

/** Receives the events of all names. */
export type AnyListener<Events = KeyManagerEvents> = (...event: AnyOf<Events>) => unknown;
