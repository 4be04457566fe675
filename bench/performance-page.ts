import type { GoodputResults } from './goodput/goodput-results.ts';
import { goodputSection, schemesSection } from './goodput/goodput-section.ts';
import type { Judgement } from './judge-budget.ts';
import { budgetCells, markdownTable, tableCells } from './render-table.ts';
import type { CaseReport } from './report.ts';

/** One run of the benchmark, as stored in the JSON file. */
export interface Results {
  readonly date: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly budget: readonly Judgement[];
  readonly cases: readonly CaseReport[];
}

function listOf(facts: Readonly<Record<string, string>>): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function sectionOf({ title, about, tables, leftOut = [] }: CaseReport): string {
  const parts = tables.map((table) => `### ${table.title}\n\n${markdownTable(tableCells(table))}`);
  return [`## ${title}`, about, ...parts, ...leftOut.map((text) => `Skipped: ${text}`)].join('\n\n');
}

/** Renders the results of both benchmarks as a Markdown page. */
export function performancePage(results: Results, goodput: GoodputResults): string {
  const { date, machine, versions, budget, cases } = results;
  const { processor = '', cores = '', memory = '', system = '', node = '' } = machine;
  return `${[
    '# Performance',
    '<!-- Written by bench/main.ts and bench/goodput/main.ts from bench/results.json and bench/goodput-results.json. -->',
    'First: how many calls succeed. Then: what the library costs in time and memory.',
    goodputSection(goodput),
    '## What it costs',
    '`pnpm bench` measures time and memory side by side with other libraries: in one process, in alternating rounds, as medians. Compare the ratios; absolute times are those of one machine.',
    `Measured on ${date}: ${processor}, ${cores} cores, ${memory}, ${system}, Node ${node}. Compared with: ${listOf(versions)}.`,
    'Our library runs with events and counters on, no listener, and `logLevel: warn`. The default `info` writes two lines per call, which cost what your logger costs.',
    '## Budget',
    '`pnpm bench:quick`, a part of `pnpm check`, fails when a ratio or size exceeds its limit by more than half. Where an aim is given, the limit guards what is measured until the aim is met.',
    markdownTable(budgetCells(budget)),
    ...cases.map(sectionOf),
    schemesSection(goodput),
  ].join('\n\n')}\n`;
}
