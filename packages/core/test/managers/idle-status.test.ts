import { describe, expect, it } from 'vitest';
import { ok, rateLimited, scriptKeys } from '../scripted-keys.ts';

const once = { maxRetries: 1 };

describe('the status of an idle key', () => {
  it('stays the same object for some seconds while it is idle, although the pool has learned a limit', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `K${index + 1}`);
    const untilFull = [ok, ...Array.from({ length: 19 }, () => ok), rateLimited(60_000)] as const;
    const script = Object.fromEntries(names.map((name) => [name, name === 'K1' ? untilFull : ([ok] as const)]));
    const { manager, runtime, call } = scriptKeys(script);
    for (let calls = 0; calls <= 20; calls++) await call(once);
    const before = manager.status().keys;
    const changedBy = (ms: number) => {
      runtime.set(ms);
      return manager.status().keys.filter((status, index) => status !== before[index]).length;
    };
    expect(before.at(-1)?.limits).toMatchObject([{ source: 'learned', used: 0 }]);
    expect(changedBy(1500)).toBe(2);
    expect(changedBy(11_500)).toBe(20);
  });
});
