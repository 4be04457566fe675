import type { FullRuntime } from '@api-key-fallback/core/adapter';
import type { DeliveryRecord } from '../model/delivery-record.ts';
import type { Notification } from '../model/notification.ts';
import type { Failure } from './try-channel.ts';

const mostRecords = 50;

/** Keeps how the last 50 deliveries and tests went, of all channels. */
export class DeliveryHistory {
  readonly #runtime: FullRuntime;
  #records: readonly DeliveryRecord[] = [];

  constructor(runtime: FullRuntime) {
    this.#runtime = runtime;
  }

  get newestFirst(): readonly DeliveryRecord[] {
    return this.#records;
  }

  /** Begins to measure a delivery, or a test. */
  begin(channel: string, notification: Notification): RunningDelivery {
    return new RunningDelivery(channel, notification, this.#runtime);
  }

  /** Keeps a delivery that has ended. One that was never tried is none. */
  add(ended: RunningDelivery): void {
    if (ended.tries > 0) this.#records = [ended.toRecord(), ...this.#records.slice(0, mostRecords - 1)];
  }
}

/** Measures one delivery through one channel. */
export class RunningDelivery {
  readonly #channel: string;
  readonly #notification: Notification;
  readonly #runtime: FullRuntime;
  readonly #startedMs: number;
  #tries = 0;
  #failure: Failure | undefined;

  constructor(channel: string, notification: Notification, runtime: FullRuntime) {
    this.#channel = channel;
    this.#notification = notification;
    this.#runtime = runtime;
    this.#startedMs = runtime.steadyNow();
  }

  get tries(): number {
    return this.#tries;
  }

  /** Notes how a try has ended. */
  noteTry(failure: Failure | undefined): void {
    this.#tries += 1;
    this.#failure = failure;
  }

  toRecord(): DeliveryRecord {
    const { kind, provider, displayName } = this.#notification;
    return {
      channel: this.#channel,
      atMs: this.#runtime.now(),
      durationMs: this.#runtime.steadyNow() - this.#startedMs,
      tries: this.#tries,
      isDelivered: this.#failure === undefined,
      kind,
      provider,
      displayName,
      ...(this.#failure === undefined ? {} : { error: this.#failure.message }),
    };
  }
}
