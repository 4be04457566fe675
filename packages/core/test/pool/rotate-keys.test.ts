import { InvalidOptionsError } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { invalidKey, ok, quotaExhausted, scriptKeys, transient } from '../scripted-keys.ts';

const once = { maxRetries: 1 };
const labels = (refs: readonly { readonly label: string }[]) => refs.map(({ label }) => label);

describe('a new key', () => {
  const secrets = { old: 'K1', next: 'K9' };

  it.each([
    ['its slot', { slot: 'billing' }],
    ['its label, if no other key has it', { label: 'team a' }],
  ])('inherits by %s what belongs to the account', async (_how, name) => {
    const { manager, call } = scriptKeys({ K1: [quotaExhausted(3_600_000)], K2: [ok], K9: [ok] });
    manager.setKeys([{ key: secrets.old, ...name, group: 'project' }, 'K2']);
    await call(once);
    manager.setKeys([{ key: secrets.next, ...name }, 'K2']);
    expect(manager.status().keys[0]).toMatchObject({
      state: 'cooling',
      reason: 'quota-exhausted',
      availableAtMs: 3_600_000,
      group: 'project',
      usage: { attempts: 0 },
    });
  });

  it("inherits an operator's disable()", () => {
    const { manager } = scriptKeys({ K1: [ok], K2: [ok] });
    manager.setKeys([{ key: 'K1', slot: 'a' }, 'K2']);
    manager.disable('K1');
    manager.setKeys([{ key: 'K9', slot: 'a' }, 'K2']);
    expect(manager.status().keys[0]).toMatchObject({ state: 'disabled', reason: 'operator' });
  });

  it('does not inherit what belongs to the secret', async () => {
    const { manager, call } = scriptKeys({ K1: [invalidKey()], K2: [ok] });
    manager.setKeys([
      { key: 'K1', slot: 'a' },
      { key: 'K2', slot: 'b' },
    ]);
    await call(once);
    manager.setKeys([
      { key: 'K9', slot: 'a' },
      { key: 'K2', slot: 'b' },
    ]);
    expect(manager.status().keys[0]).toMatchObject({ state: 'healthy', usage: { attempts: 0 } });
  });

  it('inherits from the newest of two keys in its slot', async () => {
    const { manager, call } = scriptKeys({ K1: [ok], K9: [quotaExhausted(3_600_000)] });
    manager.setKeys([{ key: 'K1', slot: 'a' }]);
    manager.replaceKey('K1', 'K9', { overlapMs: 60_000 });
    await call(once);
    manager.setKeys([{ key: 'K3', slot: 'a' }]);
    expect(manager.status().keys[0]).toMatchObject({ state: 'cooling', reason: 'quota-exhausted' });
  });

  it('inherits nothing by its position alone', async () => {
    const { manager, call } = scriptKeys({ K1: [quotaExhausted()], K2: [ok] });
    await call(once);
    manager.setKeys(['K9', 'K2']);
    expect(manager.status().keys[0]).toMatchObject({ state: 'healthy' });
  });
});

describe('replaceKey()', () => {
  it('puts the new key in the place of the old one, with its name', async () => {
    const { manager, call } = scriptKeys({ K1: [ok], K2: [ok], K9: [ok] });
    manager.setKeys(['K1', { key: 'K2', label: 'second', group: 'g' }]);
    manager.disable('K1');
    await call(once);
    const changes = manager.replaceKey('K2', 'K9');
    expect([labels(changes.added), labels(changes.removed), labels(changes.kept)]).toEqual([
      ['second'],
      ['second'],
      ['key 1'],
    ]);
    expect(manager.status().keys[1]).toMatchObject({ label: 'second', group: 'g', ordinal: 2 });
    await expect(call(once)).resolves.toBe('K9');
  });

  it('lets both keys serve during an overlap, the new one first', async () => {
    const { manager, call, calls, runtime } = scriptKeys({ K1: [ok], K9: [transient] }, { stepped: true });
    manager.replaceKey(manager.status().keys[0]?.keyId ?? '', 'K9', { overlapMs: 60_000 });
    await call(once);
    expect(calls).toEqual(['K9', 'K1']);
    await runtime.advance(59_999);
    expect(manager.getAllKeys()).toEqual(['K9', 'K1']);
    await runtime.advance(1);
    expect(manager.getAllKeys()).toEqual(['K9']);
  });

  it('does not remove a key that a later list has on purpose', async () => {
    const { manager, runtime } = scriptKeys({ K1: [ok] }, { stepped: true });
    manager.replaceKey('K1', 'K9', { overlapMs: 1000 });
    manager.setKeys(['K1', 'K9']);
    await runtime.advance(2000);
    expect(manager.getAllKeys()).toEqual(['K1', 'K9']);
  });

  it('of a replaced key brings it back for good', async () => {
    const { manager, runtime } = scriptKeys({ K1: [ok], K2: [ok] }, { stepped: true });
    manager.replaceKey('K1', 'K9', { overlapMs: 1000 });
    manager.replaceKey('K9', 'K1');
    await runtime.advance(2000);
    expect(manager.getAllKeys()).toEqual(['K1', 'K2']);
  });

  it('does not remove a key that was removed and added again meanwhile', async () => {
    const { manager, runtime } = scriptKeys({ K1: [ok] }, { stepped: true });
    manager.replaceKey('K1', 'K9', { overlapMs: 1000 });
    manager.removeKeys(['K1']);
    manager.addKeys(['K1']);
    await runtime.advance(2000);
    expect(manager.getAllKeys()).toEqual(['K9', 'K1']);
  });

  it('leaves a key that is in the list already its own name and group', () => {
    const { manager } = scriptKeys({ K1: [ok] });
    manager.setKeys([
      { key: 'sk-test-4f9a81c2e07b', label: 'one', group: 'first' },
      { key: 'sk-test-77d0b3a9c1f2', label: 'two', group: 'second' },
    ]);
    manager.replaceKey('sk-test-4f9a81c2e07b', 'sk-test-77d0b3a9c1f2');
    expect(manager.status().keys).toMatchObject([{ label: 'two', group: 'second' }]);
  });

  it.each([
    ['a key that is not in the list', ['K7', 'K9'], /a key of the list, or its keyId/],
    ['an empty key', ['K1', ' '], /it is empty/],
    ['a wrong time', ['K1', 'K9', { overlapMs: -1 }], /overlapMs/],
    ['a time that no timer can wait', ['K1', 'K9', { overlapMs: 2 ** 31 }], /from 0 to 2147483647/],
    ['a misspelt option', ['K1', 'K9', { overlap: 1 }], /overlapMs/],
  ])('refuses %s', (_what, args, message) => {
    const { manager } = scriptKeys({ K1: [ok] });
    expect(() => manager.replaceKey(...(args as ['K1', 'K9']))).toThrow(InvalidOptionsError);
    expect(() => manager.replaceKey(...(args as ['K1', 'K9']))).toThrow(message);
    expect(manager.getAllKeys()).toEqual(['K1']);
  });
});
