/** One thing that is measured beside others. */
export interface Subject {
  readonly name: string;
  readonly call: () => unknown;
  /** How many calls, chunks or errors one `call` stands for. @default 1 */
  readonly times?: number;
}
