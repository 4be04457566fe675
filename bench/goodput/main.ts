import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { goodputFile, writePerformancePage } from '../performance-files.ts';
import { plainTable } from '../render-table.ts';
import { barOf } from './bar.ts';
import { overviewCells, sceneCells, trialCells } from './goodput-cells.ts';
import type { GoodputResults } from './goodput-results.ts';
import { measureScene, type SceneResult } from './measure-scene.ts';
import { quickNames } from './quick-names.ts';
import { scenes } from './scenes.ts';
import type { Scheme } from './scheme.ts';
import { inOrder, otherSchemes, ourSchemes } from './schemes.ts';
import { pRetryFromTheFirst } from './schemes/p-retry-next-key.ts';
import { trials } from './trials.ts';

const sceneSeeds = 24;
const trialSeeds = 3;
const quickSeeds = 2;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    /** The name of a scene or trial. */
    only: { type: 'string', multiple: true },
    seeds: { type: 'string' },
    /** Judges another strategy than that of default options. */
    strategy: { type: 'string' },
  },
});
const { quick: isQuick, only = isQuick ? quickNames : undefined, seeds, strategy } = values;
const isWhole = only === undefined && seeds === undefined && strategy === undefined;
const judged = schemeOf(strategy);

function schemeOf(name: string | undefined): Scheme {
  if (name === undefined) return inOrder;
  const scheme = ourSchemes.find((candidate) => candidate.name === `ours, ${name}`);
  if (scheme) return scheme;
  throw new Error(`Expected a strategy: ${ourSchemes.map((candidate) => candidate.name).join('; ')}.`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function isWanted({ name }: { readonly name: string }): boolean {
  return only === undefined || only.includes(name);
}

function seedsOf(usual: number): number[] {
  const count = Number(seeds ?? (isQuick ? quickSeeds : usual));
  return Array.from({ length: count }, (_, index) => index + 1);
}

async function measureScenes(): Promise<SceneResult[]> {
  const cast = { judged, ours: ourSchemes, others: otherSchemes, seeds: seedsOf(sceneSeeds) };
  const results: SceneResult[] = [];
  for (const scene of scenes.filter(isWanted)) {
    const result = await measureScene(scene, barOf(scene), cast);
    results.push(result);
    if (!isQuick) print(`\n${scene.name}: ${scene.about}\n${plainTable(sceneCells(result))}`);
  }
  return results;
}

async function measureTrials(): Promise<SceneResult[]> {
  const cast = { judged, ours: ourSchemes, others: [pRetryFromTheFirst], seeds: seedsOf(trialSeeds) };
  const results: SceneResult[] = [];
  for (const trial of trials.filter(isWanted)) results.push(await measureScene(trial, trial.bar, cast));
  return results;
}

function reportMisses(results: readonly SceneResult[]): void {
  for (const { name, missedSeeds, faults, seeds: count } of results) {
    if (missedSeeds.length === 0) continue;
    print(`Misses the bar: ${name}, ${missedSeeds.length} of ${count} seeds: ${faults.join(', ')}`);
  }
}

const date = new Date().toISOString().slice(0, 10);
const results: GoodputResults = { date, scenes: await measureScenes(), trials: await measureTrials() };
const all = [...results.scenes, ...results.trials];
if (results.scenes.length > 0) print(`\nGoodput\n${plainTable(overviewCells(results.scenes, judged.name))}`);
if (results.trials.length > 0) print(`\nSingle faults\n${plainTable(trialCells(results.trials))}`);
print('');
reportMisses(all);

if (isWhole) {
  writeFileSync(goodputFile, `${JSON.stringify(results, null, 2)}\n`);
  writePerformancePage();
}
process.exitCode = all.some(({ missedSeeds }) => missedSeeds.length > 0) ? 1 : 0;
