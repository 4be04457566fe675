import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freshRecord, joinRecords as join, type KeyRecord } from '@api-key-fallback/core/store';

describe('the merge of two records', () => {
  const reason = fc.constantFrom<KeyRecord['reason']>(
    '',
    'transient',
    'rate-limited',
    'quota-exhausted',
    'invalid-key',
  );
  const record: fc.Arbitrary<KeyRecord> = fc.record({
    generation: fc.nat(2),
    epoch: fc.nat(2),
    untilMs: fc.constantFrom(0, 1, 2, 1e12),
    level: fc.nat(3),
    reason,
    disabled: fc.constantFrom<KeyRecord['disabled']>('', 'operator', 'invalid-key'),
  });
  const runs = { numRuns: 1000 };

  it('gives the same in either order', () => {
    fc.assert(
      fc.property(record, record, (a, b) => {
        expect(join(a, b)).toEqual(join(b, a));
      }),
      runs,
    );
  });

  it('gives the same in any grouping', () => {
    fc.assert(
      fc.property(record, record, record, (a, b, c) => {
        expect(join(join(a, b), c)).toEqual(join(a, join(b, c)));
      }),
      runs,
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(record, record, (a, b) => {
        expect(join(a, a)).toEqual(a);
        expect(join(join(a, b), b)).toEqual(join(a, b));
      }),
      runs,
    );
  });

  it('lets no mark of an older generation win over a reset', () => {
    fc.assert(
      fc.property(record, record, (mark, other) => {
        const reset = { ...freshRecord, generation: mark.generation + 1 };
        expect(join(reset, mark)).toEqual(reset);
        expect(join(mark, reset)).toEqual(reset);
        expect(join(other, reset).generation).toBeGreaterThanOrEqual(reset.generation);
      }),
      runs,
    );
  });

  it('lets no recovery revive a disabled key', () => {
    fc.assert(
      fc.property(record, fc.nat(5), (disabled, epochs) => {
        fc.pre(disabled.disabled !== '');
        const recovery = { ...freshRecord, generation: disabled.generation, epoch: disabled.epoch + epochs };
        expect(join(disabled, recovery).disabled).toBe(disabled.disabled);
      }),
      runs,
    );
  });

  it('never shortens a cooldown nor lowers the level within an epoch', () => {
    fc.assert(
      fc.property(record, record, (a, other) => {
        const b = { ...other, generation: a.generation, epoch: a.epoch };
        expect(join(a, b).untilMs).toBe(Math.max(a.untilMs, b.untilMs));
        expect(join(a, b).level).toBe(Math.max(a.level, b.level));
      }),
      runs,
    );
  });
});
