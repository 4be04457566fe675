import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GoodputResults } from './goodput/goodput-results.ts';
import { performancePage } from './performance-page.ts';
import type { Results } from './performance-page.ts';

// This file runs from `dist`.
const bench = join(import.meta.dirname, '..');

export const resultsFile: string = join(bench, 'results.json');
export const goodputFile: string = join(bench, 'goodput-results.json');
const pageFile = join(bench, '..', 'docs', 'why', 'performance.md');

/** Writes the page from the latest results of both benchmarks. */
export function writePerformancePage(): void {
  const results = JSON.parse(readFileSync(resultsFile, 'utf8')) as Results;
  const goodput = JSON.parse(readFileSync(goodputFile, 'utf8')) as GoodputResults;
  writeFileSync(pageFile, performancePage(results, goodput));
}
