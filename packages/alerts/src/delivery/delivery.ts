import type { Runtime } from '@api-key-fallback/core';
import type { Channel } from '../model/channel.ts';
import type { Deliverer, TestResult } from '../model/deliverer.ts';
import type { Notification } from '../model/notification.ts';

/** What the delivery needs of its surroundings. */
export interface DeliveryContext {
  readonly runtime: Runtime;
  /** Writes one log line. */
  readonly warn: (text: string) => void;
}

/** Takes notifications to the channels. */
export class Delivery implements Deliverer {
  readonly #channels: readonly Channel[];
  readonly #warn: (text: string) => void;

  constructor(channels: readonly Channel[], { warn }: DeliveryContext) {
    this.#channels = channels;
    this.#warn = warn;
  }

  get names(): readonly string[] {
    return this.#channels.map(({ name }) => name);
  }

  async deliver(notification: Notification): Promise<void> {
    await Promise.all(this.#channels.map((channel) => this.#send(channel, notification)));
  }

  test(notification: Notification, channelName?: string): Promise<readonly TestResult[]> {
    const channels = this.#channels.filter(({ name }) => channelName === undefined || name === channelName);
    return Promise.all(channels.map((channel) => this.#send(channel, notification)));
  }

  async flush(_ms: number): Promise<void> {}

  close(): void {}

  async #send(channel: Channel, notification: Notification): Promise<TestResult> {
    try {
      await channel.send(notification, { signal: new AbortController().signal });
      return { channel: channel.name, isDelivered: true };
    } catch (error) {
      this.#warn(`${channel.name}: ${String(error)}`);
      return { channel: channel.name, isDelivered: false, error: String(error) };
    }
  }
}
