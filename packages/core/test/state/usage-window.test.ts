import { expect, it } from 'vitest';
import { createRuntime } from '../../src/base/runtime.ts';
import { KeyRing } from '../../src/state/key-ring.ts';
import { PooledKey } from '../../src/state/pooled-key.ts';
import { SharedClock } from '../../src/state/shared-clock.ts';
import { UsageWindow } from '../../src/state/usage-window.ts';

const context = { clock: new SharedClock(createRuntime()), recheckInvalid: true, revision: 0 };

function use(key: PooledKey, attempts: number): void {
  key.usage.attempts += attempts;
  key.usage.failures.transient += attempts;
}

it('counts what a key is used for while it is open, also when it is opened again', () => {
  const key = new PooledKey('scripted', 'K1', { ordinal: 1, total: 1, label: 'K1' }, undefined, context);
  const day = new UsageWindow('2026-11-22', () => new KeyRing([key]));
  use(key, 3);
  day.open();
  use(key, 2);
  day.close();
  use(key, 10);
  expect(day.ofThis(key)).toMatchObject({ attempts: 2, failures: { transient: 2 } });
  day.open();
  use(key, 4);
  expect(day.ofThis(key)).toMatchObject({ attempts: 6, failures: { transient: 6 } });
  day.close();
  day.touch(key);
  expect(day.due().totals.get(key.ref.keyId)?.[0]).toBe(6);
});

it('owes the store what it has counted since, and shows what others have', () => {
  const key = new PooledKey('scripted', 'K1', { ordinal: 1, total: 1, label: 'K1' }, undefined, context);
  const day = new UsageWindow('2026-11-22', () => new KeyRing([key]));
  day.open();
  use(key, 2);
  day.touch(key);
  const sent = day.due().totals;
  use(key, 1);
  day.acknowledge(sent, new Map([[key.ref.keyId, [7]]]));
  expect(day.ofAll(key).attempts).toBe(8);
  expect(day.due().totals.get(key.ref.keyId)?.[0]).toBe(3);
  day.acknowledge(day.due().totals, new Map([[key.ref.keyId, [8]]]));
  expect(day.due().totals.size).toBe(0);
});

it('keeps the sums of its own keys alone', () => {
  const key = new PooledKey('scripted', 'K1', { ordinal: 1, total: 1, label: 'K1' }, undefined, context);
  const day = new UsageWindow('2026-11-22', () => new KeyRing([key]));
  const sums = new Map([[key.ref.keyId, [7]]]);
  day.acknowledge(new Map(), sums);
  sums.set(key.ref.keyId, [8]);
  expect(day.ofAll(key).attempts).toBe(7);
});

it('owes only the keys that were used since the last acknowledgement', () => {
  const keys = ['K1', 'K2'].map(
    (name, index) => new PooledKey('scripted', name, { ordinal: index + 1, total: 2, label: name }, undefined, context),
  );
  const [one, two] = keys as [PooledKey, PooledKey];
  const day = new UsageWindow('2026-11-22', () => new KeyRing(keys));
  day.open();
  for (const key of keys) {
    use(key, 1);
    day.touch(key);
  }
  day.acknowledge(day.due().totals);
  expect(day.hasUnsent).toBe(false);
  use(two, 1);
  day.touch(two);
  expect([...day.due().totals.keys()]).toEqual([two.ref.keyId]);
  day.forgetStored();
  expect([...day.due().totals.keys()].toSorted()).toEqual([one.ref.keyId, two.ref.keyId].toSorted());
});

it('starts at 0 for the store with a new instance, and still shows everything', () => {
  const key = new PooledKey('scripted', 'K1', { ordinal: 1, total: 1, label: 'K1' }, undefined, context);
  const day = new UsageWindow('2026-11-22', () => new KeyRing([key]));
  day.open();
  use(key, 5);
  day.touch(key);
  day.acknowledge(day.due().totals, new Map([[key.ref.keyId, [7]]]));
  day.startNewInstance();
  expect(day.due().totals.size).toBe(0);
  use(key, 2);
  day.touch(key);
  expect(day.due().totals.get(key.ref.keyId)?.[0]).toBe(2);
  day.acknowledge(day.due().totals, new Map([[key.ref.keyId, [9]]]));
  expect(day.ofThis(key).attempts).toBe(7);
  expect(day.ofAll(key).attempts).toBe(9);
  day.forgetStored();
  expect(day.due().totals.get(key.ref.keyId)?.[0]).toBe(7);
});

it('does not take the counts of a request that was not answered for those of other processes', () => {
  const key = new PooledKey('scripted', 'K1', { ordinal: 1, total: 1, label: 'K1' }, undefined, context);
  const day = new UsageWindow('2026-11-22', () => new KeyRing([key]));
  day.open();
  use(key, 2);
  day.touch(key);
  day.due();
  day.acknowledge(new Map(), new Map([[key.ref.keyId, [2]]]));
  expect(day.ofAll(key).attempts).toBe(2);
  day.acknowledge(day.due().totals, new Map([[key.ref.keyId, [5]]]));
  expect(day.ofAll(key).attempts).toBe(5);
});
