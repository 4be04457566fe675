import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { Channel, Notification } from '@api-key-fallback/alerts';
import { createRuntime } from '@api-key-fallback/core/adapter';
import { Delivery } from '../../src/delivery/delivery.ts';
import { DeliveryClock } from './delivery-clock.ts';
import { atMs, sampleNotification } from '../sample-notification.ts';

/** A delivery on a fake clock, whose log lines are kept. */
export class TestDelivery extends Delivery {
  readonly clock: DeliveryClock;
  readonly lines: string[];

  constructor(...channels: Channel[]) {
    const [clock, lines] = [new DeliveryClock(atMs), [] as string[]];
    super(channels, { runtime: createRuntime(clock), warn: (line) => lines.push(line) });
    this.clock = clock;
    this.lines = lines;
  }

  /** Delivers a notification with this id. */
  send(id: string, changes: Partial<Notification> = {}): Promise<boolean> {
    return this.deliver(sampleNotification({ id, ...changes }));
  }

  /** Resolves when each channel has nothing to do, or waits for its next try. */
  async settled(): Promise<void> {
    await setImmediate();
    const isTrying = () => this.clock.timers.some(({ ms }) => ms === 15_000);
    while (isTrying()) await once(this.clock.changes, 'change');
  }

  /** Ends the next pause as soon as it has begun, and returns its length. */
  async endPause(): Promise<number> {
    const ms = await this.clock.nextPause();
    this.clock.advance(ms);
    return ms;
  }
}
