import { writeFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { parseArgs } from 'node:util';
import { describeMachine } from '../machine.ts';
import { plainTable, tableCells } from '../render-table.ts';
import { Fleet } from './fleet.ts';
import type { Row, Scenario, Size } from './scenario.ts';
import { cut } from './scenarios/cut.ts';
import { emptied, restarted } from './scenarios/emptied.ts';
import { files } from './scenarios/files.ts';
import { idle } from './scenarios/idle.ts';
import { midnight } from './scenarios/midnight.ts';
import { otherHosts } from './scenarios/other-hosts.ts';
import { propagation } from './scenarios/propagation.ts';
import { start } from './scenarios/start.ts';
import { status } from './scenarios/status.ts';
import { storm } from './scenarios/storm.ts';
import { usage } from './scenarios/usage.ts';

const scenarios: Readonly<Record<string, Scenario>> = {
  start,
  storm,
  propagation,
  emptied,
  restarted,
  midnight,
  usage,
  cut,
  idle,
  status,
  files,
  otherHosts,
};
const allReplicas = ['10', '100', '500', '1000'];
const allKeys = ['4', '100', '1000'];
const limitMs = 180_000;
// A manager takes about this much for each key, and a store for each manager.
const bytesPerKey = 8000;
const bytesPerReplica = 500_000;

const { values } = parseArgs({
  options: {
    /** Numbers of replicas and keys; every pair of them is measured. */
    replicas: { type: 'string', multiple: true, default: ['100'] },
    keys: { type: 'string', multiple: true, default: ['100'] },
    /** The names of scenarios. */
    only: { type: 'string', multiple: true, default: Object.keys(scenarios) },
    /** Measures 10, 100, 500 and 1,000 replicas with 4, 100 and 1,000 keys. */
    all: { type: 'boolean', default: false },
    /** A file for the results. */
    json: { type: 'string' },
  },
});

interface Result {
  readonly size: Size;
  readonly row: Row;
  /** Why figures are missing. */
  readonly fault?: string;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function sizesOf(scenario: Scenario): readonly Size[] {
  if (scenario.sizes) return scenario.sizes;
  const [replicas, keys] = values.all ? [allReplicas, allKeys] : [values.replicas, values.keys];
  return replicas.flatMap((each) => keys.map((count) => ({ replicas: Number(each), keys: Number(count) })));
}

function fitsInMemory({ replicas, keys }: Size): boolean {
  return replicas * (bytesPerReplica + keys * bytesPerKey) < freemem();
}

async function measure(scenario: Scenario, size: Size): Promise<Result> {
  const row: Row = {};
  if (!scenario.sizes && !fitsInMemory(size)) return { size, row, fault: 'does not fit into the memory' };
  let isLate = false;
  const limit = setTimeout(() => {
    isLate = true;
    void Fleet.stopAll();
  }, limitMs);
  try {
    await scenario.run(size, row);
    return { size, row };
  } catch (error) {
    return { size, row, fault: isLate ? `not done after ${limitMs / 1000} s` : String(error) };
  } finally {
    clearTimeout(limit);
  }
}

function nameOf({ replicas, keys }: Size): string {
  return `${replicas.toLocaleString('en')} x ${keys.toLocaleString('en')}`;
}

function printResults(scenario: Scenario, results: readonly Result[]): void {
  const columns = [...new Set(results.flatMap(({ row }) => Object.keys(row)))];
  const rows = results.map(({ size, row }) => ({ name: nameOf(size), values: columns.map((column) => row[column]) }));
  const { title, about } = scenario;
  print(`\n${title} (replicas x keys). ${about}\n${plainTable(tableCells({ title, columns, rows }))}`);
  for (const { size, fault } of results) if (fault !== undefined) print(`  ${nameOf(size)}: ${fault}`);
}

const report: Record<string, readonly Result[]> = {};
for (const name of values.only) {
  const scenario = scenarios[name];
  if (!scenario) throw new Error(`Expected a scenario: ${Object.keys(scenarios).join(', ')}.`);
  const results: Result[] = [];
  for (const size of sizesOf(scenario)) results.push(await measure(scenario, size));
  report[name] = results;
  printResults(scenario, results);
}
if (values.json !== undefined) {
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(values.json, `${JSON.stringify({ date, machine: describeMachine(), report }, null, 2)}\n`);
}
