import { EventEmitter, once } from 'node:events';

/** The messages that have arrived somewhere, in the order in which they are read. */
export class Inbox {
  readonly #messages: string[] = [];
  readonly #arrivals = new EventEmitter();

  add(message: string): void {
    this.#messages.push(message);
    this.#arrivals.emit('message');
  }

  /** Resolves to the next message, as soon as there is one. */
  async next(): Promise<string> {
    while (this.#messages.length === 0) await once(this.#arrivals, 'message');
    return this.#messages.shift() ?? '';
  }
}
