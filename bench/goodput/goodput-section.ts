import { markdownTable } from '../render-table.ts';
import { overviewCells, sceneCells, trialCells } from './goodput-cells.ts';
import type { GoodputResults } from './goodput-results.ts';
import { inOrder } from './schemes.ts';

/** The part of the page that comes first: does a call get its answer? */
export function goodputSection({ date, scenes, trials }: GoodputResults): string {
  const seeds = scenes[0]?.seeds ?? 0;
  return [
    '## Calls served',
    'A call should fail only when no key could have served it, and cost no more requests and time than with the best simple scheme. `pnpm goodput` plays the same traffic through this library and through five other schemes, against a model of a provider with four keys that answers within 0.3 to 0.7 s: ten minutes of virtual time in each scene.',
    `Means of ${seeds} seeds with default options, measured on ${date}. "Best" is the best of the other schemes: the loop of the guide (3 attempts a key with a pause of 1 s), p-retry with the next key at each try, a cockatiel breaker per key, plain rotation, and a random key that rests 5 s after a failure.`,
    markdownTable(overviewCells(scenes, inOrder.name)),
    scenes.map(({ name, about = '' }) => `- **${name}**: ${about}`).join('\n'),
    'The bar, in every run: 100.0 % served, at most 0.05 requests a served call and 20 % and 0.1 s of p99 more than the best. R6 may lose the 5 % of calls that come during the outage and make 1.1 requests a served call; R10 may serve 2 points less than the best; R7 and R8 are held against the p99 of p-retry; with configured limits no request may be refused (10 with two processes). `pnpm bench:quick` guards it.',
    '### Single faults',
    'Calls served and requests a call, means of 3 seeds.',
    markdownTable(trialCells(trials)),
  ].join('\n\n');
}

/** The part of the page that comes last: what each scheme does in each scene. */
export function schemesSection({ scenes }: GoodputResults): string {
  const parts = scenes.map((scene) => {
    return `### ${scene.name}: ${scene.about ?? ''}\n\n${markdownTable(sceneCells(scene))}`;
  });
  return ['## Calls served, scheme by scheme', ...parts].join('\n\n');
}
