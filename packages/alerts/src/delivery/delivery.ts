import type { Runtime } from '@api-key-fallback/core';
import type { Channel } from '../model/channel.ts';
import type { ChannelStatus, Deliverer, Latest, TestResult } from '../model/deliverer.ts';
import type { DeliveryRecord } from '../model/delivery-record.ts';
import type { Notification } from '../model/notification.ts';
import { ChannelQueue, type DeliveryContext } from './channel-queue.ts';
import { DeliveryHistory } from './delivery-history.ts';

/** Delivers notifications through all channels at once, so that a slow one does not hold up the others. Never throws or rejects. */
export class Delivery implements Deliverer {
  readonly #queues: readonly ChannelQueue[];
  readonly #history: DeliveryHistory;
  readonly #runtime: Runtime;
  readonly #ended = new AbortController();

  constructor(channels: readonly Channel[], context: DeliveryContext) {
    this.#history = new DeliveryHistory(context.runtime);
    this.#queues = channels.map((channel) => new ChannelQueue(channel, context, this.#history));
    this.#runtime = context.runtime;
  }

  /** The names of the channels. */
  get names(): readonly string[] {
    return this.#queues.map(({ channel }) => channel.name);
  }

  async deliver(notification: Notification, latest?: Latest): Promise<boolean> {
    const deliveries = this.#queues.flatMap((queue) => queue.add(notification, latest) ?? []);
    if (deliveries.length === 0) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    for (const delivery of deliveries) void delivery.then((isDelivered) => isDelivered && resolve(true));
    void Promise.all(deliveries).then(() => resolve(false));
    return promise;
  }

  /** Tries all channels, or those of this name, once, whatever their `minSeverity`. */
  test(notification: Notification, channelName?: string): Promise<readonly TestResult[]> {
    const queues = this.#queues.filter(({ channel }) => channelName === undefined || channel.name === channelName);
    return Promise.all(queues.map((queue) => queue.test(notification, this.#ended.signal)));
  }

  /** How each channel is doing. */
  status(): readonly ChannelStatus[] {
    return this.#queues.map((queue) => queue.status());
  }

  /** The last 50 deliveries and tests, the newest first. */
  deliveries(): readonly DeliveryRecord[] {
    return this.#history.newestFirst;
  }

  /** For the shutdown: tries each waiting message once more, without pauses. Resolves when that is done, or after `ms` milliseconds. */
  async flush(ms: number): Promise<void> {
    const { promise: tooLate, resolve } = Promise.withResolvers<void>();
    // Keeps the process alive, because its end waits for this.
    const cancel = this.#runtime.timer(ms, resolve);
    await Promise.race([Promise.all(this.#queues.map((queue) => queue.flush())), tooLate]);
    cancel();
  }

  /** Drops the waiting messages and stops all timers. */
  close(): void {
    this.#ended.abort(new Error('The alerts are closed.'));
    for (const queue of this.#queues) queue.close();
  }
}
