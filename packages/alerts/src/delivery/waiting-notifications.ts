import type { Latest } from '../model/deliverer.ts';
import type { Notification } from '../model/notification.ts';

/** A notification that waits for its turn. */
export interface Waiting {
  readonly notification: Notification;
  /** Called once, with whether it was delivered. */
  readonly settle: (isDelivered: boolean) => void;
  readonly latest: Latest | undefined;
}

const mostWaiting = 100;

/** The notifications that wait for a channel, in order. If there are too many, old ones are dropped. */
export class WaitingNotifications {
  readonly #waiting: Waiting[] = [];

  get length(): number {
    return this.#waiting.length;
  }

  /** Adds one, and returns the one that has to go for it: the oldest that says that all is well, or else the oldest. */
  add(waiting: Waiting): Waiting | undefined {
    this.#waiting.push(waiting);
    if (this.#waiting.length <= mostWaiting) return undefined;
    const resolved = this.#waiting.findIndex(({ notification }) => notification.kind === 'resolved');
    const [dropped] = this.#waiting.splice(Math.max(resolved, 0), 1);
    return dropped;
  }

  takeFirst(): Waiting | undefined {
    return this.#waiting.shift();
  }
}
