/** How large a trial is. */
export interface Size {
  readonly replicas: number;
  readonly keys: number;
}

/** Column → figure, in the order of the columns. */
export type Row = Record<string, number>;

/** One kind of trial. */
export interface Scenario {
  readonly title: string;
  /** What happens, and what the columns mean. */
  readonly about: string;
  /** The sizes that are measured instead of those of the command line. */
  readonly sizes?: readonly Size[];
  /** Writes its figures into the row. What it has written stays when it takes too long. */
  readonly run: (size: Size, row: Row) => Promise<void>;
}
