import { expect, it } from 'vitest';
import { durationLines } from '../../ui/src/provider/duration-lines.ts';
import { seriesOf } from './series-of.ts';

const calls = (p50: readonly number[]) =>
  durationLines(seriesOf({ ok: p50.map(() => 1), p50, p95: p50, p99: p50.map((ms) => (ms < 0 ? -1 : 1000)) }));
const lineOf = (p50: readonly number[]) => calls(p50).lines.find(({ name }) => name === 'p50');

it('goes through the middle of each point, on a scale up to a round number', () => {
  expect(calls([250, 500]).topMs).toBe(1000);
  expect(lineOf([250, 500])).toEqual({ name: 'p50', path: 'M0.5 75L1.5 50', dots: '' });
});

it('draws the most important line last', () => {
  expect(calls([250]).lines.map(({ name }) => name)).toEqual(['p99', 'p95', 'p50']);
});

it('has a gap where there were no calls', () => {
  expect(lineOf([-1, 500, 250, -1, -1, 250, 500])?.path).toBe('M1.5 50L2.5 75M5.5 75L6.5 50');
});

it('has a dot where a point has no neighbour', () => {
  const line = lineOf([500, -1, 250, -1, 500, 500]);
  expect(line?.dots.match(/M[\d.]+ [\d.]+/g)).toEqual(['M0.5 50', 'M2.5 75']);
  expect(lineOf([-1, -1, 500])?.dots).toMatch(/^M2.5 50/);
});

it('has a scale of at least 10 ms', () => {
  expect(durationLines(seriesOf({ ok: [1], p50: [0], p95: [1], p99: [2] })).topMs).toBe(10);
});
