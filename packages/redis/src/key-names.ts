// A percent sign is followed by two digits everywhere else.
const emptyName = '%';

/** A name without anything that separates: colons, braces, or characters that only some tools print. */
function escaped(name: string): string {
  return encodeURIComponent(name.toWellFormed()) || emptyName;
}

/** The names of what one pool keeps in Redis; the braces put all of them into one slot of a cluster. */
export class KeyNames {
  readonly #base: string;

  constructor(prefix: string, pool: string) {
    this.#base = `${prefix}:{${escaped(pool)}}`;
  }

  /** A hash: record id → record. */
  get records(): string {
    return `${this.#base}:s`;
  }

  /** A hash: incarnation and version. */
  get meta(): string {
    return `${this.#base}:m`;
  }

  /** The channel on which changes are told. */
  get channel(): string {
    return `${this.#base}:c`;
  }

  /** A hash: key id → totals of all instances. */
  usage(window: string): string {
    return `${this.#base}:u:${escaped(window)}`;
  }

  /** A hash: key id → totals of one instance. */
  ownUsage(window: string, instance: string): string {
    return `${this.#base}:w:${escaped(window)}:${escaped(instance)}`;
  }

  lease(name: string): string {
    return `${this.#base}:l:${escaped(name)}`;
  }
}
