import { setImmediate } from 'node:timers/promises';
import type { Effort } from './effort.ts';
import { collectGarbage } from './garbage.ts';
import { loadLoop, type Loop, type Subject } from './subject.ts';

interface Runner {
  readonly loop: Loop;
  readonly times: number;
  readonly samples: number[];
  count: number;
}

async function timeSample({ loop, count }: Runner): Promise<number> {
  // Collect the previous subject's garbage and run background work before the sample.
  collectGarbage('minor');
  await setImmediate();
  const startedAt = process.hrtime.bigint();
  await loop(count);
  return Number(process.hrtime.bigint() - startedAt);
}

/** Warms up a subject and finds how many calls fill a sample. */
async function calibrate(runner: Runner, { sampleMs, warmUpMs }: Effort): Promise<void> {
  let warmMs = 0;
  while (warmMs < warmUpMs) {
    const tookMs = (await timeSample(runner)) / 1e6;
    warmMs += tookMs;
    const factor = Math.min(10, sampleMs / Math.max(tookMs, 0.01));
    runner.count = Math.max(1, Math.round(runner.count * factor));
  }
}

/**
 * Times the subjects in alternating rounds and returns the samples of each in ns per call, in the order of the rounds.
 *
 * A machine that slows down does so for a whole round, so rounds stay comparable. Other harnesses (mitata, tinybench)
 * finish one subject before they start the next.
 */
export async function timeRounds(subjects: readonly Subject[], effort: Effort): Promise<number[][]> {
  const runners: Runner[] = [];
  for (const subject of subjects) {
    runners.push({ loop: await loadLoop(subject), times: subject.times ?? 1, samples: [], count: 1 });
  }
  for (const runner of runners) await calibrate(runner, effort);
  for (let round = 0; round < effort.rounds; round++) {
    for (let turn = 0; turn < runners.length; turn++) {
      // A different subject starts each round.
      const runner = runners[(round + turn) % runners.length];
      if (runner) runner.samples.push((await timeSample(runner)) / (runner.count * runner.times));
    }
  }
  return runners.map(({ samples }) => samples);
}
