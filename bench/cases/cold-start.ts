import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Effort } from '../effort.ts';
import { installedBytes } from '../installed-bytes.ts';
import type { CaseReport } from '../report.ts';
import { median } from '../statistics.ts';

const core = '@api-key-fallback/core';
const packages = [
  core,
  '@api-key-fallback/openai',
  '@api-key-fallback/youtube',
  '@api-key-fallback/rapidapi',
  '@api-key-fallback/redis',
  'cockatiel',
  'p-retry',
  'async-retry',
  'opossum',
  'openai',
];

const here = import.meta.dirname;
const probe = join(here, '..', 'cold-start-probe.js');
const [ms, rss, heap] = [0, 1, 2] as const;

type Start = readonly [ms: number, rss: number, heapUsed: number];

function start(specifier: string | undefined): Start {
  const startedAt = performance.now();
  const { stdout, status } = spawnSync(process.execPath, [probe, ...(specifier === undefined ? [] : [specifier])], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const tookMs = performance.now() - startedAt;
  if (status !== 0) throw new Error(`${specifier ?? 'Bare Node'} cannot be started.`);
  const memory = JSON.parse(stdout) as { rss: number; heapUsed: number };
  return [tookMs, memory.rss, memory.heapUsed];
}

/** The cost of importing a package in a new process, and its size on disk. */
export async function coldStart({ processes, isQuick }: Effort): Promise<CaseReport> {
  const measured = isQuick ? [core] : packages;
  const bare: Start[] = [];
  const starts = new Map<string, Start[]>(measured.map((name) => [name, []]));
  for (let round = 0; round < processes; round++) {
    bare.push(start(undefined));
    for (const [name, found] of starts) found.push(start(name));
  }
  const bareMs = median(bare.map((each) => each[ms]));
  const added = (name: string, what: typeof ms | typeof rss | typeof heap): number =>
    median((starts.get(name) ?? []).map((each, round) => each[what] - (bare[round]?.[what] ?? NaN)));
  const rows = measured.map((name) => ({
    name,
    values: [added(name, ms), added(name, rss) / 1e6, added(name, heap) / 1e6, installedBytes(name, here) / 1e6],
  }));
  return {
    title: 'Import',
    about: `A new process that imports one package, compared with one that imports nothing; medians of ${processes} alternating runs. The size is that of the unpacked files with all dependencies, without peer dependencies.`,
    tables: [
      {
        title: 'Over bare Node',
        columns: ['added ms', 'added MB in total', 'added MB of heap', 'MB on disk'],
        rows: [{ name: `bare Node, ${bareMs.toFixed(0)} ms`, values: [] }, ...rows],
      },
    ],
    measures: {
      'import of core: time': { value: added(core, ms) },
      'import of core: time vs bare Node': { value: added(core, ms) / bareMs },
      'import of core: memory': { value: added(core, rss) / 1e6 },
    },
  };
}
