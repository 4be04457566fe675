import { budget, type BudgetLine } from './budget.ts';
import type { CaseReport } from './report.ts';

/** A line of the budget with its measured value. */
export interface Judgement extends BudgetLine {
  readonly value: number;
  readonly worst?: string;
  readonly isMet: boolean;
  /** Whether the value exceeds the limit by more than noise explains. */
  readonly isBroken: boolean;
}

const noise = 1.5;
// Absolute times depend on the machine, so they never fail a run.
const machineUnits: readonly BudgetLine['unit'][] = ['ms', 'ns'];

/** Lines of the budget that no case measures. */
export function unmeasured(reports: readonly CaseReport[]): string[] {
  const measured = new Set(reports.flatMap(({ measures }) => Object.keys(measures)));
  return budget.map(({ measure }) => measure).filter((measure) => !measured.has(measure));
}

/** Compares measured values with the budget; skips lines whose case did not run. */
export function judgeBudget(reports: readonly CaseReport[]): Judgement[] {
  const measures = Object.assign({}, ...reports.map((report) => report.measures)) as CaseReport['measures'];
  return budget.flatMap((line) => {
    const measure = measures[line.measure];
    if (!measure) return [];
    const isMet = measure.value <= line.limit;
    const isBroken = !(measure.value <= line.limit * noise) && !machineUnits.includes(line.unit);
    return { ...line, ...measure, isMet, isBroken };
  });
}
