import { defaultPool } from '../base/provider-name.ts';
import type { EventOrigin, KeyManagerEventName } from './events.ts';
import type { KeyRef } from './key-ref.ts';

/** What a log line is about, for loggers that keep structured fields. Contains no key. */
export interface LogFields {
  /** The name of the event, such as `attempt.failed`; `warning` for a line without an event. */
  readonly event: KeyManagerEventName | 'warning';
  /** The provider's name, for example `openai`. */
  readonly provider: string;
  /** The name of the pool; absent for the default one. */
  readonly pool?: string;
  /** The key's label, for example `OPENAI_API_KEY_2`. */
  readonly key?: string;
  /** The number of the attempt on its key, from 1. */
  readonly attempt?: number;
  /** The kind of failure, for example `rate-limited`. */
  readonly verdict?: string;
  /** The adapter's short code for the failure, or why no key was left. */
  readonly reason?: string;
  /** Identifies the call; the same in all its lines. */
  readonly callId?: string;
  /** How long the attempt or the call took, in ms. */
  readonly durationMs?: number;
  /** Who has done it, as the option `actor` says. */
  readonly actor?: string;
}

interface AnyEvent extends EventOrigin {
  readonly key?: KeyRef;
  readonly attemptNumber?: number;
  readonly verdict?: string;
  readonly reason?: string;
  readonly callId?: string;
  readonly durationMs?: number;
  readonly actor?: string;
}

/** The fields of a log line. */
export function fieldsOf(event: LogFields['event'], about: EventOrigin): LogFields {
  const { provider, pool, key, attemptNumber, verdict, reason, callId, durationMs, actor }: AnyEvent = about;
  const named = pool === defaultPool ? undefined : pool;
  const fields = { pool: named, key: key?.label, attempt: attemptNumber, verdict, reason, callId, durationMs, actor };
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return { event, provider, ...Object.fromEntries(present) };
}
