import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { choosingAKey } from './cases/choosing-a-key.ts';
import { classification } from './cases/classification.ts';
import { clientReuse } from './cases/client-reuse.ts';
import { coldStart } from './cases/cold-start.ts';
import { aFailingKey } from './cases/failing-key.ts';
import { happyPath } from './cases/happy-path.ts';
import { limits } from './cases/limits.ts';
import { managerChurn } from './cases/manager-churn.ts';
import { oneFailure } from './cases/one-failure.ts';
import { anOutage } from './cases/outage.ts';
import { redaction } from './cases/redaction.ts';
import { scrape } from './cases/scrape.ts';
import { stores } from './cases/stores.ts';
import { streams } from './cases/streams.ts';
import { tracedCall } from './cases/traced-call.ts';
import { fullEffort, quickEffort } from './effort.ts';
import { judgeBudget, unmeasured } from './judge-budget.ts';
import { describeMachine, installedVersions } from './machine.ts';
import { resultsFile, writePerformancePage } from './performance-files.ts';
import type { Results } from './performance-page.ts';
import { budgetCells, plainTable, tableCells } from './render-table.ts';
import type { CaseReport } from './report.ts';

const cases = {
  happyPath,
  oneFailure,
  aFailingKey,
  classification,
  clientReuse,
  streams,
  stores,
  coldStart,
  anOutage,
  managerChurn,
  redaction,
  choosingAKey,
  limits,
  tracedCall,
  scrape,
};
const withoutBudget: readonly string[] = [
  'classification',
  'clientReuse',
  'redaction',
] satisfies (keyof typeof cases)[];

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string', multiple: true } },
});
const { quick: isQuick, only = Object.keys(cases) } = values;
const effort = isQuick ? quickEffort : fullEffort;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function write(results: Results): void {
  writeFileSync(resultsFile, `${JSON.stringify(results, null, 2)}\n`);
  writePerformancePage();
}

function isBroken(report: CaseReport): boolean {
  return judgeBudget([report]).some((line) => line.isBroken);
}

const reports: CaseReport[] = [];
for (const [name, measure] of Object.entries(cases)) {
  if (!only.includes(name) || (isQuick && withoutBudget.includes(name))) continue;
  let report = await measure(effort);
  // Another program may have disturbed the first run.
  if (isQuick && isBroken(report)) report = await measure(effort);
  reports.push(report);
  for (const table of report.tables) print(`\n${report.title}: ${table.title}\n${plainTable(tableCells(table))}`);
  for (const text of report.leftOut ?? []) print(`  Skipped: ${text}`);
}
const judgements = judgeBudget(reports);
print(`\nBudget\n${plainTable(budgetCells(judgements))}`);

if (!isQuick && values.only === undefined) {
  const date = new Date().toISOString().slice(0, 10);
  write({ date, machine: describeMachine(), versions: installedVersions(), budget: judgements, cases: reports });
}
if (values.only === undefined) {
  for (const measure of unmeasured(reports)) throw new Error(`No case measures "${measure}".`);
}
const broken = judgements.filter((line) => line.isBroken);
for (const { measure, worst } of broken)
  print(`Over budget by more than half: ${measure}${worst ? ` (${worst})` : ''}`);
process.exitCode = broken.length > 0 ? 1 : 0;
