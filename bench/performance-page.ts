import type { GoodputResults } from './goodput/goodput-results.ts';
import { goodputSection, schemesSection } from './goodput/goodput-section.ts';
import type { Judgement } from './judge-budget.ts';
import { budgetCells, markdownTable, tableCells } from './render-table.ts';
import type { CaseReport } from './report.ts';

/** One run of the benchmark, as the JSON file keeps it. */
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
  return [`## ${title}`, about, ...parts, ...leftOut.map((text) => `Left out: ${text}`)].join('\n\n');
}

function missedLine({ measure, held }: Judgement): string[] {
  return held ? [`**${measure}**: not met; ${held.limit} × is held. ${held.because}`] : [];
}

/** The results of both benchmarks as a page in Markdown. */
export function performancePage(results: Results, goodput: GoodputResults): string {
  const { date, machine, versions, budget, cases } = results;
  const { processor = '', cores = '', memory = '', system = '', node = '' } = machine;
  return `${[
    '# Performance',
    '<!-- Written by bench/main.ts and bench/goodput/main.ts from bench/results.json and bench/goodput-results.json. -->',
    'Whether calls get their answer comes first; what the library costs follows.',
    goodputSection(goodput),
    '## What it costs',
    'Time and memory, measured side by side with others by `pnpm bench`: in one process, in rounds in which each takes its turn, as medians. Read the ratios; the times are those of one machine.',
    `Measured on ${date}: ${processor}, ${cores} cores, ${memory}, ${system}, Node ${node}. Beside: ${listOf(versions)}.`,
    'Ours runs with events and counters on, nobody listens, and `logLevel` is `warn` (the default is `info`, whose two lines a call cost what the logger costs).',
    '## Budget',
    '`pnpm bench:quick`, a part of `pnpm check`, fails when a ratio or a size is over its limit (or what is held of it, below) by more than half. A line that is missed with no reason given is over by less, for now.',
    markdownTable(budgetCells(budget)),
    ...budget.filter(({ isMet }) => !isMet).flatMap(missedLine),
    ...cases.map(sectionOf),
    schemesSection(goodput),
  ].join('\n\n')}\n`;
}
