import type { Frame } from './frame.ts';

const mostPatches = 120;
const mostCharacters = 256 * 1024;

/** The last patches of a view, for clients that come back. */
export class PatchRing {
  #frames: Frame[] = [];
  #characters = 0;

  /** Keeps a patch, and drops the oldest ones if there are too many. */
  push(frame: Frame): void {
    this.#frames.push(frame);
    this.#characters += frame.text.length;
    while (this.#frames.length > mostPatches || this.#characters > mostCharacters) {
      this.#characters -= this.#frames.shift()?.text.length ?? 0;
    }
  }

  /** Returns the last `count` patches; `undefined` if some of them are no longer kept. */
  last(count: number): readonly Frame[] | undefined {
    if (count < 0 || count > this.#frames.length) return undefined;
    return this.#frames.slice(this.#frames.length - count);
  }

  clear(): void {
    this.#frames = [];
    this.#characters = 0;
  }
}
