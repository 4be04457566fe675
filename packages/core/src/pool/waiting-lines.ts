/** Names a line of calls that need the same room; `undefined` stands for calls that wait for something other than room. */
export type Line = string | undefined;

/** Counts the waiting calls of each line. */
export class WaitingLines {
  readonly #counts = new Map<Line, number>();

  /** The number of lines. */
  get size(): number {
    return this.#counts.size;
  }

  /** Whether calls wait for room. */
  get areOpen(): boolean {
    return this.size > (this.#counts.has(undefined) ? 1 : 0);
  }

  has(line: Line): boolean {
    return this.#counts.has(line);
  }

  add(line: Line): void {
    this.#counts.set(line, (this.#counts.get(line) ?? 0) + 1);
  }

  remove(line: Line): void {
    const left = (this.#counts.get(line) ?? 0) - 1;
    if (left > 0) this.#counts.set(line, left);
    else this.#counts.delete(line);
  }
}
