import { parseArgs } from 'node:util';
import { plainTable } from '../render-table.ts';
import { findingCells, type Findings } from './finding.ts';
import { largePage } from './large-page.ts';
import { manyClients } from './many-clients.ts';
import { pageSize } from './page-size.ts';

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string', multiple: true } },
});
const isQuick = values.quick;

const parts: Readonly<Record<string, () => Promise<Findings>>> = {
  clients: () => manyClients(isQuick ? { clientCount: 30, seconds: 10 } : { clientCount: 100, seconds: 60 }),
  page: () => largePage(isQuick ? { seconds: 3, visits: 1 } : { seconds: 10, visits: 5 }),
  size: pageSize,
};

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

for (const [name, measure] of Object.entries(parts)) {
  if (values.only && !values.only.includes(name)) continue;
  const { title, about, rows, leftOut } = await measure();
  print(`\n${title}. ${about}\n${plainTable(findingCells(rows))}`);
  if (leftOut !== undefined) print(`  Skipped: ${leftOut}`);
}
