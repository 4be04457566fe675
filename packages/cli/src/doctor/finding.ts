/** `error`: something does not work. `warning`: something can go wrong. `fine`: nothing to do. */
export type FindingLevel = 'error' | 'warning' | 'fine';

/** What a finding says, and what to do about it. */
export interface Advice {
  readonly message: string;
  readonly action?: string;
}

/** One result of `doctor`. Contains no key. */
export interface Finding extends Advice {
  /** The check that has found it, for example `node`. */
  readonly check: string;
  readonly level: FindingLevel;
  /** The file concerned, relative to the project's folder. */
  readonly file?: string;
  readonly line?: number;
}
