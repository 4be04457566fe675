import type { Failure } from './try-channel.ts';

/** Writes one line when a channel begins to fail, and one when it works again. */
export class ChannelLog {
  readonly #name: string;
  readonly #warn: (text: string) => void;
  #failures = 0;
  #isFailing = false;

  constructor(name: string, warn: (text: string) => void) {
    this.#name = name;
    this.#warn = warn;
  }

  /** Whether a line has said that it fails, and none that it works again. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  /** Does not log the first failure that may be temporary. */
  failed({ message, isFinal, stopsChannel }: Failure): void {
    this.#failures += 1;
    if (stopsChannel) return this.#warn(`Nothing more is sent through the channel ${this.#name}: ${message}`);
    if (this.#isFailing || (this.#failures === 1 && !isFinal)) return;
    this.#isFailing = true;
    this.#warn(`Messages through the channel ${this.#name} fail: ${message}`);
  }

  delivered(): void {
    if (this.#isFailing) this.#warn(`The channel ${this.#name} works again.`);
    this.#isFailing = false;
    this.#failures = 0;
  }
}
