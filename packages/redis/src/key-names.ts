// The format of what is stored and published. A version of the package with another format shares nothing with this one.
const format = 1;
// Cannot be the escape of another name: there, two hex digits follow each percent sign.
const emptyName = '%';

/** Escapes separators, braces and characters that not every tool can print. */
function escaped(name: string): string {
  return encodeURIComponent(name.toWellFormed()) || emptyName;
}

/** The names of one pool's keys in Redis. The braces put them all into the same slot of a cluster. */
export class KeyNames {
  readonly #base: string;

  constructor(prefix: string, pool: string) {
    this.#base = `${prefix}:{${escaped(pool)}}:${format}`;
  }

  /** A hash: record id → record. */
  get records(): string {
    return `${this.#base}:s`;
  }

  /** A hash: incarnation and version. */
  get meta(): string {
    return `${this.#base}:m`;
  }

  /** The channel on which changes are published. */
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

  /** What the last holder of a lease has noted. */
  note(name: string): string {
    return `${this.#base}:n:${escaped(name)}`;
  }
}
