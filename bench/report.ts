/** A table of numbers; `undefined` is an empty cell. */
export interface Table {
  readonly title: string;
  /** The names of the number columns, with units. */
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly values: readonly (number | undefined)[] }[];
}

/** A number with a limit in the budget, and the variant that has this worst value. */
export interface Measure {
  readonly value: number;
  readonly worst?: string;
}

/** The results of one case. */
export interface CaseReport {
  readonly title: string;
  /** What was measured and how, for readers of the page. */
  readonly about: string;
  readonly tables: readonly Table[];
  /** Keyed by the names in the budget. */
  readonly measures: Readonly<Record<string, Measure>>;
  /** What was skipped, and why. */
  readonly leftOut?: readonly string[];
}
