import { describe, expect, it } from 'vitest';
import { safeCopy } from '../../src/base/safe-copy.ts';

describe('the bounds of a safe copy', () => {
  function nested(levels: number): unknown {
    return levels === 0 ? { key: 'value' } : { level: nested(levels - 1) };
  }

  it('show each object once', () => {
    const shared = { shared: true };
    const cyclic: Record<string, unknown> = { one: shared, two: [shared] };
    cyclic['self'] = cyclic;
    expect(safeCopy(cyclic)).toEqual({ one: { shared: true }, two: ['[shown above]'], self: '[shown above]' });
  });

  it('stop after a depth of eight', () => {
    const text = JSON.stringify(safeCopy(nested(10_000)));
    expect(text.match(/level/g)).toHaveLength(8);
    expect(text).toContain('[Object]');
  });

  it('stop after a thousand values, and say so', () => {
    const items = Array.from({ length: 30_000 }, (_, id) => ({ id }));
    const copy = safeCopy({ items, after: 1 }) as { items: unknown[] };
    expect(copy.items.length).toBeLessThan(1001);
    expect(copy.items[0]).toEqual({ id: 0 });
    expect(copy.items.at(-1)).toBe('…');
    expect(copy).toHaveProperty('…');
  });

  it('stop after 64 KB of text', () => {
    const copy = safeCopy(
      Object.assign(new Error('x'.repeat(10_000_000)), { data: Array.from({ length: 40 }, () => 'y'.repeat(9000)) }),
    );
    const { message, stack = '', data } = copy as Error & { data: string[] };
    expect([message, stack, ...data].join('').length).toBeLessThan(64 * 1024 + 4200);
    expect(message).toMatch(/^x{4096}…$/);
    expect(data).toHaveLength(40);
  });
});
