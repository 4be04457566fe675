/** A table of numbers; `undefined` where nothing is to be said. */
export interface Table {
  readonly title: string;
  /** The names of the columns of numbers, with their units. */
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly values: readonly (number | undefined)[] }[];
}

/** A number that the budget limits, and which of several it is the worst of. */
export interface Measure {
  readonly value: number;
  readonly worst?: string;
}

/** What one case has found. */
export interface CaseReport {
  readonly title: string;
  /** What was measured and how, for whoever reads the page. */
  readonly about: string;
  readonly tables: readonly Table[];
  /** By the names that the budget uses. */
  readonly measures: Readonly<Record<string, Measure>>;
  /** What was left out, and why. */
  readonly leftOut?: readonly string[];
}
