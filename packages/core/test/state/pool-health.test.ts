import type { ErrorVerdict } from '@api-key-fallback/core/adapter';
import { describe, expect, it } from 'vitest';
import { settle } from '../fake-runtime.ts';
import { recordEvents } from '../events/record-events.ts';
import { fails, ok, rateLimited, scriptKeys, transient, takes, type Outcome } from '../scripted-keys.ts';

type Struck = { readonly scope?: 'key' | 'group'; readonly group?: string; readonly bucket?: string };

function quota(resetsAtMs: number, struck: Struck): Outcome {
  return fails({ kind: 'quota-exhausted', reason: 'used_up', resetsAtMs, ...struck });
}

function limited(struck: Struck, retryAfterMs?: number): Outcome {
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return fails({ kind: 'rate-limited', reason: 'too_fast', ...wait, ...struck } as ErrorVerdict);
}

const once = { maxRetries: 1 };
const groups = { K1: 'project-a', K2: 'project-a', K3: 'project-b' };
const ofGroup = { scope: 'group' } as const;

describe('a verdict on a group', () => {
  it('takes all keys of the group out at once', async () => {
    const keys = scriptKeys({ K1: [quota(60_000, ofGroup)], K2: [ok], K3: [ok] }, { groups });
    await expect(keys.call(once)).resolves.toBe('K3');
    expect(keys.calls).toEqual(['K1', 'K3']);
    expect(keys.key('K2')).toMatchObject({ state: 'cooling', reason: 'quota-exhausted', availableAtMs: 60_000 });
    await keys.runtime.advance(59_999);
    await expect(keys.call(once)).resolves.toBe('K3');
  });

  it('leaves the siblings alone when it is about the key only', async () => {
    const keys = scriptKeys({ K1: [quota(60_000, { scope: 'key' })], K2: [ok], K3: [ok] }, { groups });
    await keys.call(once);
    expect(keys.calls).toEqual(['K1', 'K2']);
  });

  it('strikes the key alone when its group is unknown', async () => {
    const keys = scriptKeys({ K1: [quota(60_000, ofGroup)], K2: [ok] });
    await keys.call(once);
    expect(keys.calls).toEqual(['K1', 'K2']);
    expect(keys.key('K2').state).toBe('healthy');
  });

  it('knows the group that an answer named, and keeps the one that was configured', async () => {
    const named = quota(60_000, { ...ofGroup, group: 'projects/7' });
    const keys = scriptKeys({ K1: [named], K2: [named], K3: [ok] }, { groups: { K2: 'mine' } });
    await keys.call(once);
    expect([keys.key('K1').group, keys.key('K2').group, keys.key('K3').group]).toEqual([
      'projects/7',
      'mine',
      undefined,
    ]);
  });

  it('learns the group from any error that tells it', async () => {
    const keys = scriptKeys({ K1: [transient], K2: [ok] }, { adapter: { groupOf: () => 'org-1' } });
    await keys.call(once);
    expect(keys.key('K1').group).toBe('org-1');
  });

  it.each([
    ['longer, then shorter', 60_000, 10_000],
    ['shorter, then longer', 10_000, 60_000],
  ])('never shortens a cooldown (%s)', async (_name, first, second) => {
    const keys = scriptKeys({ K1: [rateLimited(first)], K2: [limited(ofGroup, second)], K3: [ok] }, { groups });
    await keys.call(once);
    expect(keys.key('K1').availableAtMs).toBe(60_000);
  });

  it('raises the doubling of the siblings once, however many calls see it', async () => {
    const keys = scriptKeys(
      { K1: [takes(10, limited(ofGroup))], K2: [ok], K3: [ok] },
      { groups, stepped: true, retryBudget: false },
    );
    const events = recordEvents(keys.manager, ['key.cooled-down']);
    const calls = Array.from({ length: 10 }, () => keys.call(once));
    await keys.runtime.advance(10);
    await Promise.all(calls);
    expect(events).toHaveLength(2);
    expect([keys.key('K1').availableAtMs, keys.key('K2').availableAtMs]).toEqual([510, 510]);
  });
});

describe('a late verdict on a group', () => {
  it('strikes the whole group although another key was reset meanwhile', async () => {
    const keys = scriptKeys(
      { K1: [takes(100, quota(60_000, ofGroup))], K2: [ok], K3: [ok] },
      { groups, stepped: true },
    );
    const call = keys.call();
    await keys.runtime.advance(50);
    keys.manager.reset('K3');
    await keys.runtime.advance(50);
    await expect(call).resolves.toBe('K3');
    expect(keys.key('K1').state).toBe('cooling');
    expect(keys.key('K2').state).toBe('cooling');
  });

  it('does not reach a key that has recovered since its attempt began', async () => {
    const late = takes(2000, limited(ofGroup, 60_000));
    const keys = scriptKeys(
      { K1: [late, limited(ofGroup, 1000), ok], K2: [ok] },
      { groups: { K1: 'project-a', K2: 'project-a' }, stepped: true },
    );
    const first = keys.call(once);
    first.catch(() => {});
    await keys.runtime.advance(10);
    await keys.call(once).catch(() => {});
    await keys.runtime.advance(1000);
    keys.manager.disable('K1');
    await expect(keys.call(once)).resolves.toBe('K2');
    await keys.runtime.advance(1000);
    await expect(first).resolves.toBe('K2');
    expect(keys.key('K2').state).toBe('healthy');
  });
});

describe('a verdict on a bucket', () => {
  const search = quota(60_000, { bucket: 'search' });

  it('takes the key out for that operation only', async () => {
    const keys = scriptKeys({ K1: [search, ok], K2: [ok] });
    await keys.call({ ...once, operation: 'search' });
    await keys.call({ ...once, operation: 'search' });
    await keys.call({ ...once, operation: 'videos' });
    expect(keys.calls).toEqual(['K1', 'K2', 'K2', 'K1']);
    expect(keys.key('K1')).toMatchObject({
      state: 'healthy',
      buckets: [{ bucket: 'search', state: 'cooling', reason: 'quota-exhausted', availableAtMs: 60_000 }],
    });
  });

  it('takes it out for calls that name no operation, too, when such a call met it', async () => {
    const keys = scriptKeys({ K1: [search, ok], K2: [ok] });
    await keys.call(once);
    await keys.call(once);
    await keys.call({ ...once, operation: 'search' });
    await keys.call({ ...once, operation: 'videos' });
    expect(keys.calls).toEqual(['K1', 'K2', 'K2', 'K2', 'K1']);
    expect(keys.key('K1')).toMatchObject({ state: 'cooling', availableAtMs: 60_000 });
  });

  it('uses the adapter to know which bucket an operation draws on', async () => {
    const adapter = { bucketOf: (operation: string) => (operation === 'search.list' ? 'search' : 'default') };
    const keys = scriptKeys({ K1: [quota(60_000, { bucket: 'default' }), ok], K2: [ok] }, { adapter });
    await keys.call({ ...once, operation: 'videos.list' });
    await keys.call({ ...once, operation: 'channels.list' });
    await keys.call({ ...once, operation: 'search.list' });
    expect(keys.calls).toEqual(['K1', 'K2', 'K2', 'K1']);
  });

  it('strikes that bucket of the whole group', async () => {
    const keys = scriptKeys(
      { K1: [quota(60_000, { ...ofGroup, bucket: 'search' }), ok], K2: [ok], K3: [ok] },
      { groups },
    );
    await keys.call({ ...once, operation: 'search' });
    await keys.call({ ...once, operation: 'videos' });
    expect(keys.calls).toEqual(['K1', 'K3', 'K1']);
    expect(keys.key('K2').buckets).toEqual([
      { bucket: 'search', state: 'cooling', reason: 'quota-exhausted', availableAtMs: 60_000 },
    ]);
  });

  it('is probed by one call and healed by its success', async () => {
    const keys = scriptKeys({ K1: [search, takes(50, ok)], K2: [ok] }, { stepped: true });
    const recovered = recordEvents(keys.manager, ['key.recovered']);
    await keys.call({ ...once, operation: 'search' });
    await keys.runtime.advance(60_000);
    const calls = Array.from({ length: 5 }, () => keys.call({ ...once, operation: 'search' }));
    await keys.runtime.advance(50);
    await expect(Promise.all(calls)).resolves.toEqual(['K1', 'K2', 'K2', 'K2', 'K2']);
    expect(recovered).toMatchObject([['key.recovered', { bucket: 'search' }]]);
    expect(keys.key('K1').buckets).toEqual([{ bucket: 'search', state: 'healthy' }]);
  });

  it('is counted in the error when every key is out for that operation', async () => {
    const keys = scriptKeys({ K1: [search] });
    await expect(keys.call({ ...once, operation: 'search' })).rejects.toMatchObject({ retryAfterMs: 60_000 });
    await expect(keys.call({ ...once, operation: 'search' })).rejects.toMatchObject({
      attempts: [],
      reason: 'quota-exhausted',
      retryAfterMs: 60_000,
    });
  });

  it('is forgotten by a reset', async () => {
    const keys = scriptKeys({ K1: [search, ok], K2: [ok] });
    await keys.call({ ...once, operation: 'search' });
    keys.manager.reset();
    await expect(keys.call({ ...once, operation: 'search' })).resolves.toBe('K1');
  });

  it('goes out with its first failure, also when its key was reset before', async () => {
    const keys = scriptKeys({ K1: [search, ok], K2: [ok] });
    keys.manager.reset();
    await keys.call({ ...once, operation: 'search' });
    expect(keys.key('K1').buckets).toMatchObject([{ bucket: 'search', state: 'cooling' }]);
  });

  it('stays in when its key is reset while the attempt runs', async () => {
    const keys = scriptKeys({ K1: [takes(10, search), ok], K2: [ok] }, { stepped: true });
    const call = keys.call({ ...once, operation: 'search' });
    await settle();
    keys.manager.reset();
    await keys.runtime.advance(10);
    await call;
    expect(keys.key('K1').state).toBe('healthy');
    expect(keys.key('K1').buckets ?? []).not.toContainEqual(expect.objectContaining({ state: 'cooling' }));
  });
});
