import type { Bar } from './bar.ts';
import { bestOf, judgeRun, type Best, type Outcomes } from './judge-run.ts';
import { playScene, type Outcome } from './play-scene.ts';
import type { Scene } from './scene.ts';
import type { Scheme } from './scheme.ts';

/** Means over the seeds; a value that some run does not have is left out. */
type Means<Values> = { readonly [Name in keyof Values]?: number };

/** What was found in one scene. */
export interface SceneResult {
  readonly name: string;
  readonly about?: string;
  readonly seeds: number;
  readonly schemes: readonly ({ readonly name: string } & Means<Outcome>)[];
  readonly best: Means<Best>;
  /** The seeds with which the judged scheme misses the bar. */
  readonly missedSeeds: readonly number[];
  /** In what it misses the bar with the first of them. */
  readonly faults: readonly string[];
}

/** Who plays, and how often. */
export interface Cast {
  readonly judged: Scheme;
  readonly ours: readonly Scheme[];
  readonly others: readonly Scheme[];
  readonly seeds: readonly number[];
}

/** In ten-thousandths, so that a new run changes only the lines of the JSON file that mean something. */
function meanOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.round(mean * 10_000) / 10_000;
}

function meansOf<Values extends { readonly [Name in keyof Values]: number }>(runs: readonly Values[]): Means<Values> {
  const names = Object.keys(runs[0] ?? {}) as (keyof Values)[];
  const means = names.map((name) => [name, meanOf(runs.map((run) => run[name]))] as const);
  return Object.fromEntries(means.filter(([, mean]) => Number.isFinite(mean))) as Means<Values>;
}

async function play(scene: Scene, schemes: readonly Scheme[], seed: number): Promise<Outcomes> {
  const outcomes = new Map<string, Outcome>();
  for (const scheme of schemes) outcomes.set(scheme.name, await playScene(scene, scheme, seed));
  return outcomes;
}

/** Plays a scene with every scheme and every seed, and judges it by the bar. */
export async function measureScene(scene: Scene, bar: Bar, cast: Cast): Promise<SceneResult> {
  const { judged, ours, others, seeds } = cast;
  const runs: Outcomes[] = [];
  const bests: Best[] = [];
  const missedSeeds: number[] = [];
  let firstFaults: readonly string[] = [];
  for (const seed of seeds) {
    const ofOurs = await play(scene, ours, seed);
    const ofOthers = await play(scene, others, seed);
    const outcome = ofOurs.get(judged.name);
    if (!outcome) throw new Error(`${judged.name} does not play.`);
    const faults = judgeRun(bar, outcome, ofOthers);
    if (faults.length > 0 && missedSeeds.length === 0) firstFaults = faults;
    if (faults.length > 0) missedSeeds.push(seed);
    bests.push(bestOf(ofOthers));
    runs.push(new Map([...ofOurs, ...ofOthers]));
  }
  const schemes = [...ours, ...others].map(({ name }) => {
    const outcomes = runs.map((run) => run.get(name)).filter((outcome) => outcome !== undefined);
    return { name, ...meansOf(outcomes) };
  });
  const { name, about } = scene;
  const shown = { name, ...(about ? { about } : {}), seeds: seeds.length, schemes, best: meansOf(bests) };
  return { ...shown, missedSeeds, faults: firstFaults };
}
