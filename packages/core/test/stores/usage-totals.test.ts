import { expect, it } from 'vitest';
import { UsageTotals } from '../../src/stores/usage-totals.ts';
import { numbersFrom } from '../seeded-numbers.ts';

function counters(totals: Readonly<Record<string, readonly number[]>>) {
  return { window: 'total', expiresAtMs: 1e15, totals: new Map(Object.entries(totals)) };
}

it('adds up what many instances have counted, whatever arrives late, twice or in part', () => {
  const random = numbersFrom(7);
  const usage = new UsageTotals();
  const largest = new Map<string, number[]>();
  for (let message = 0; message < 2000; message++) {
    const instance = `instance-${Math.floor(random() * 50)}`;
    const key = `key-${Math.floor(random() * 5)}`;
    const totals = Array.from({ length: 1 + Math.floor(random() * 3) }, () => Math.floor(random() * 100));
    usage.merge(instance, counters({ [key]: totals }));
    const known = largest.get(`${instance} ${key}`) ?? [];
    for (const [index, total] of totals.entries()) known[index] = Math.max(known[index] ?? 0, total);
    largest.set(`${instance} ${key}`, known);
  }
  const sums = new Map<string, number[]>();
  for (const [id, totals] of largest) {
    const key = id.split(' ')[1] as string;
    const sum = sums.get(key) ?? [];
    for (const [index, total] of totals.entries()) sum[index] = (sum[index] ?? 0) + total;
    sums.set(key, sum);
  }
  expect(usage.totals('total')).toEqual(sums);
});

it('adds up no counters of the instances that are gone when it reads a total', () => {
  const usage = new UsageTotals();
  for (let gone = 0; gone < 100; gone++) usage.merge(`gone-${gone}`, counters({ K1: [1, 2] }));
  const before = usage.totals('total').get('K1');
  expect(before).toEqual([100, 200]);
  usage.merge('here', counters({ K2: [1] }));
  expect(usage.totals('total').get('K1')).toBe(before);
});

it('keeps nothing of an instance that only asks for totals', () => {
  const usage = new UsageTotals();
  usage.merge('asks', counters({}));
  usage.merge('counts', counters({ K1: [1] }));
  expect([...usage].map(({ instance }) => instance)).toEqual(['counts']);
});
