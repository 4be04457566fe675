import type { Judgement } from './judge-budget.ts';
import type { CaseReport } from './report.ts';

/** One run of the benchmark, as the JSON file keeps it. */
export interface Results {
  readonly date: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly budget: readonly Judgement[];
  readonly cases: readonly CaseReport[];
}
