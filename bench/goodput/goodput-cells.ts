import type { Cells } from '../render-table.ts';
import type { SceneResult } from './measure-scene.ts';

function fixed(value: number | undefined, digits: number): string {
  return value === undefined
    ? '–'
    : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function verdictOf({ missedSeeds, seeds }: SceneResult): string {
  if (missedSeeds.length === 0) return 'met';
  return missedSeeds.length === seeds ? 'missed' : `missed in ${missedSeeds.length} of ${seeds}`;
}

/** Each scene in a line: one scheme beside the best of those of others. */
export function overviewCells(scenes: readonly SceneResult[], scheme: string): Cells {
  const heading = [
    '',
    'served %',
    'best',
    'requests a served call',
    'best',
    'p50 s',
    'p99 s',
    'best',
    'refused',
    'the bar',
  ];
  const rows = scenes.map((scene) => {
    const { best } = scene;
    const own = scene.schemes.find(({ name }) => name === scheme);
    return [
      scene.name,
      fixed(own?.servedPercent, 1),
      fixed(best.servedPercent, 1),
      fixed(own?.requestsPerServed, 2),
      fixed(best.requestsPerServed, 2),
      fixed(own?.p50Seconds, 1),
      fixed(own?.p99Seconds, 1),
      fixed(best.p99Seconds, 1),
      fixed(own?.refused, 0),
      verdictOf(scene),
    ];
  });
  return [heading, ...rows];
}

/** Each scheme of a scene in a line. */
export function sceneCells({ schemes }: SceneResult): Cells {
  const heading = ['', 'served %', 'p50 s', 'p99 s', 'requests a served call', 'refused'];
  const rows = schemes.map(({ name, servedPercent, p50Seconds, p99Seconds, requestsPerServed, refused }) => [
    name,
    fixed(servedPercent, 1),
    fixed(p50Seconds, 1),
    fixed(p99Seconds, 1),
    fixed(requestsPerServed, 2),
    fixed(refused, 0),
  ]);
  return [heading, ...rows];
}

/** Each trial in a line: the calls that each scheme serves, and its requests a call. */
export function trialCells(trials: readonly SceneResult[]): Cells {
  const names = trials[0]?.schemes.map(({ name }) => name) ?? [];
  const heading = ['served / requests a call', ...names, 'the bar'];
  const rows = trials.map((trial) => [
    trial.name,
    ...trial.schemes.map(({ calls = 0, servedPercent = 0, requestsPerCall }) => {
      return `${fixed((calls * servedPercent) / 100, 0)} / ${fixed(requestsPerCall, 2)}`;
    }),
    verdictOf(trial),
  ]);
  return [heading, ...rows];
}
