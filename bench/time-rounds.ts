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
  // Nobody pays for the garbage of the one before, and what waits in the background runs now.
  collectGarbage('minor');
  await setImmediate();
  const startedAt = process.hrtime.bigint();
  await loop(count);
  return Number(process.hrtime.bigint() - startedAt);
}

/** Warms a subject up and finds how many calls fill a sample. */
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
 * Times the subjects in turn, round by round; gives back each one's samples in ns per call, in the order of the rounds.
 *
 * A machine that becomes slower does so for all of a round, so the rounds stay comparable. The harnesses in use (mitata,
 * tinybench) finish with one subject before the next begins.
 */
export async function timeRounds(subjects: readonly Subject[], effort: Effort): Promise<number[][]> {
  const runners: Runner[] = [];
  for (const subject of subjects) {
    runners.push({ loop: await loadLoop(subject), times: subject.times ?? 1, samples: [], count: 1 });
  }
  for (const runner of runners) await calibrate(runner, effort);
  for (let round = 0; round < effort.rounds; round++) {
    for (let turn = 0; turn < runners.length; turn++) {
      // Another one begins each round.
      const runner = runners[(round + turn) % runners.length];
      if (runner) runner.samples.push((await timeSample(runner)) / (runner.count * runner.times));
    }
  }
  return runners.map(({ samples }) => samples);
}
