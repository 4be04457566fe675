import { describe, expect, it } from 'vitest';
import { barOf } from '../goodput/bar.ts';
import { judgeRun } from '../goodput/judge-run.ts';
import type { Outcome } from '../goodput/play-scene.ts';

function outcome(values: Partial<Outcome>): Outcome {
  const usual = { calls: 1000, servedPercent: 100, p50Seconds: 0.5, p99Seconds: 0.7, refused: 0 };
  return { ...usual, requestsPerCall: 1, requestsPerServed: 1, ...values };
}

describe('judgeRun', () => {
  const others = new Map([
    ['quick, loses calls', outcome({ servedPercent: 90, p99Seconds: 0.5 })],
    ['p-retry, next key at each try', outcome({ p99Seconds: 2, requestsPerServed: 1.2 })],
    ['plain rotation', outcome({ p99Seconds: 1 })],
  ]);

  it('compares with the schemes that serve the most calls', () => {
    expect(judgeRun(barOf({ name: 'R2' }), outcome({ p99Seconds: 1.3, requestsPerServed: 1.05 }), others)).toEqual([]);
  });

  it('lists each missed line', () => {
    const poor = outcome({ servedPercent: 99.9, p99Seconds: 1.31, requestsPerServed: 1.06 });
    expect(judgeRun(barOf({ name: 'R2' }), poor, others)).toEqual([
      'served 99.9 % of 100.0',
      '1.06 requests of 1.05',
      'p99 1.3 s of 1.3',
    ]);
  });

  it('compares scenes with noise with the p99 of p-retry', () => {
    expect(judgeRun(barOf({ name: 'R7' }), outcome({ p99Seconds: 2.5 }), others)).toEqual([]);
  });

  it('lets no request be refused where the limits are configured', () => {
    const bar = barOf({ name: 'R2 limits', limits: { requestsPerMinute: 60 } });
    expect(judgeRun(bar, outcome({}), others)).toEqual([]);
    expect(judgeRun(bar, outcome({ refused: 1 }), others)).toEqual(['1 refused of 0']);
  });

  it('requires at full load what the best scheme serves, minus two points', () => {
    expect(judgeRun(barOf({ name: 'R10 fixed' }), outcome({ servedPercent: 98, p99Seconds: 9 }), others)).toEqual([]);
    expect(judgeRun(barOf({ name: 'R10 fixed' }), outcome({ servedPercent: 97.9 }), others)).toHaveLength(1);
  });
});
