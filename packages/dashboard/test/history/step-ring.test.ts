import { describe, expect, it } from 'vitest';
import { StepRing } from '../../src/history/step-ring.ts';

/** A ring of four places that hold what was written to them. */
function ringOfFour() {
  const places: string[] = ['old', 'old', 'old', 'old'];
  const ring = new StepRing(1000, 4, (place) => {
    places[place] = '';
  });
  return {
    write: (step: number, text: string) => {
      places[ring.open(step)] += text;
    },
    read: (steps: readonly number[]) =>
      steps.map((step) => {
        const place = ring.find(step);
        return place === undefined ? undefined : places[place];
      }),
  };
}

describe('StepRing', () => {
  it('keeps the newest steps, and empties a place before it is used again', () => {
    const { write, read } = ringOfFour();
    for (const step of [10, 11, 12, 13, 14]) write(step, String(step));
    write(14, '+');
    expect(read([10, 11, 12, 13, 14, 15])).toEqual([undefined, '11', '12', '13', '14+', undefined]);
  });

  it('has empty steps where time was skipped', () => {
    const { write, read } = ringOfFour();
    write(10, 'a');
    write(13, 'b');
    expect(read([10, 11, 12, 13])).toEqual(['a', '', '', 'b']);
    write(1000, 'c');
    expect(read([13, 997, 998, 999, 1000])).toEqual([undefined, '', '', '', 'c']);
  });

  it('forgets the steps that come again when the clock was set back a little', () => {
    const { write, read } = ringOfFour();
    for (const step of [10, 11, 12, 13]) write(step, String(step));
    write(11, '+');
    expect(read([10, 11, 12, 13])).toEqual(['10', '11+', undefined, undefined]);
    write(13, 'new');
    expect(read([10, 11, 12, 13])).toEqual(['10', '11+', '', 'new']);
  });

  it('forgets everything when the clock was set back by more than it keeps', () => {
    const { write, read } = ringOfFour();
    for (const step of [10, 11, 12, 13]) write(step, String(step));
    write(5, 'new');
    expect(read([2, 3, 4, 5, 6])).toEqual(['', '', '', 'new', undefined]);
  });

  it('counts steps from the epoch', () => {
    const ring = new StepRing(60_000, 60, () => {});
    expect(ring.stepOf(59_999)).toBe(0);
    expect(ring.stepOf(60_000)).toBe(1);
  });
});
