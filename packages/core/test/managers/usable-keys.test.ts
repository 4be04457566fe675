import { describe, expect, it } from 'vitest';
import { settle } from '../fake-runtime.ts';
import { fails, hangs, ok, quotaExhausted, rateLimited, scriptKeys, transient } from '../scripted-keys.ts';

const once = { maxRetries: 1 };

describe('status().usable', () => {
  it('counts all keys of which nothing is known', () => {
    expect(scriptKeys({ K1: [ok], K2: [ok] }).manager.status().usable).toBe(2);
  });

  it('leaves out keys that cool down or are disabled, until they can be used again', async () => {
    const { manager, call, runtime } = scriptKeys({ K1: [rateLimited(60_000)], K2: [quotaExhausted()], K3: [ok] });
    await call(once);
    expect(manager.status().usable).toBe(1);
    manager.disable('K3');
    expect(manager.status().usable).toBe(0);
    runtime.set(60_000);
    expect(manager.status().usable).toBe(1);
  });

  it('leaves out a key without room by a configured limit, but not one that is only busy', async () => {
    const { manager, call, runtime } = scriptKeys({ K1: [ok, hangs] }, { stepped: true });
    manager.setKeys([{ key: 'K1', limits: { requestsPerMinute: 2, concurrency: 1 } }, 'K2']);
    await call();
    expect(manager.status().usable).toBe(2);
    void call();
    await settle();
    expect(manager.status().usable).toBe(1);
    await runtime.advance(61_000);
    expect(manager.status().usable).toBe(2);
  });

  it('counts suspect, preferred and standby keys, and ignores quota buckets', async () => {
    const bucketOut = fails({ kind: 'quota-exhausted', reason: 'scripted', bucket: 'op' });
    const { manager, call } = scriptKeys({ K1: [bucketOut, transient], K2: [ok], K3: [ok] });
    manager.setKeys(['K1', 'K2', { key: 'K3', weight: 0 }]);
    await call({ ...once, operation: 'op' });
    await call(once);
    manager.prefer('K2');
    const { usable, next } = manager.status();
    expect(next.map(({ reason }) => reason)).toEqual(['preferred', 'suspect', 'standby']);
    expect(usable).toBe(3);
  });
});
