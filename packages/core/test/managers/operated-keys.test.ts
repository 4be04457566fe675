import { InvalidOptionsError, type KeyChoice, type KeyStatus } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { inWords, recordEvents } from '../events/record-events.ts';
import { ok, scriptKeys, type ScriptedKeys } from '../scripted-keys.ts';

const script = { K1: [ok], K2: [ok] } as const;
const operations = ['reset', 'disable', 'enable', 'prefer'] as const;

function refOfSecond({ manager }: Pick<ScriptedKeys, 'manager'>): Pick<KeyStatus, 'keyId' | 'label'> {
  const { keyId, label } = manager.status().keys[1] as KeyStatus;
  return { keyId, label };
}

describe('a key that is chosen by its keyId', () => {
  it('is disabled, enabled, reset and preferred like one in plain text', () => {
    const keys = scriptKeys(script);
    const { manager, key } = keys;
    const second = manager.status().keys[1] as KeyStatus;
    manager.disable(second);
    expect(key('K2')).toMatchObject({ state: 'disabled', reason: 'operator' });
    manager.enable({ keyId: second.keyId });
    expect(key('K2').state).toBe('healthy');
    manager.markKeyFailed('K2');
    manager.reset(refOfSecond(keys));
    expect(key('K2').state).toBe('healthy');
    manager.prefer(second);
    expect(manager.getCurrentKey()).toBe('K2');
  });

  it('can come from an event', () => {
    const { manager, key } = scriptKeys(script);
    manager.on('key.cooled-down', ({ key: cooling }) => manager.reset(cooling));
    manager.markKeyFailed('K2');
    expect(key('K2').state).toBe('healthy');
  });

  it.each(operations)('%s() refuses one that is not, or no longer, in the list', (operation) => {
    const keys = scriptKeys(script);
    const { manager } = keys;
    const gone = refOfSecond(keys);
    manager.removeKeys(['K2']);
    const choices: readonly KeyChoice[] = [gone, { keyId: 'unknown' }, { keyId: '' }, { keyId: 'K1' }];
    for (const choice of choices) {
      const operate = () => manager[operation](choice);
      expect(operate).toThrow(InvalidOptionsError);
      expect(operate).toThrow(
        `${operation}() expects a key of "scripted"; no key in its list has the given keyId. Read it from status().keys.`,
      );
    }
  });

  it.each(operations)('%s() says how to pass a keyId that was passed as a text', (operation) => {
    const keys = scriptKeys(script);
    const { keyId } = refOfSecond(keys);
    expect(() => keys.manager[operation](keyId)).toThrow(
      `${operation}() expects a key of "scripted"; the given text is a keyId. Write ${operation}({ keyId }).`,
    );
  });

  it.each([
    [5, 'of type number'],
    [null, 'null'],
    [['K1'], 'a list'],
    [{ key: 'K1' }, 'an object without a keyId'],
    [{ keyId: 5 }, 'an object without a keyId'],
    [{ actor: 'ana' }, 'an object without a keyId'],
    [() => 'K1', 'a function'],
  ])('is a text or such an object, not %j', (choice, what) => {
    const { manager } = scriptKeys(script);
    for (const operation of operations) {
      const operate = () => manager[operation](choice as never);
      expect(operate).toThrow(InvalidOptionsError);
      expect(operate).toThrow(
        `${operation}() expects a key of "scripted", in plain text or as { keyId }; the given value is ${what}.`,
      );
    }
    expect(manager.getFailedKeys()).toEqual([]);
  });

  it('is not optional except for reset()', () => {
    const { manager } = scriptKeys(script);
    for (const operation of ['disable', 'enable', 'prefer'] as const) {
      expect(() => manager[operation](undefined as never)).toThrow('the given value is undefined.');
    }
  });
});

describe('key.preference-ended', () => {
  it('is emitted when endPreference() or a reset of all keys ends a preference', () => {
    const { manager } = scriptKeys(script);
    manager.prefer('K2');
    const events = recordEvents(manager);
    manager.reset('K2');
    manager.endPreference();
    manager.endPreference();
    manager.reset();
    expect(events.map(inWords)).toEqual(['key.preference-ended K2']);
    manager.prefer('K1');
    manager.reset();
    expect(events.map(inWords).slice(1)).toEqual(['key.preferred K1', 'key.preference-ended K1']);
  });

  it('is not emitted when its time is over, when it is replaced, or when the key is removed', () => {
    const { manager, runtime } = scriptKeys(script);
    const events = recordEvents(manager, ['key.preference-ended']);
    manager.prefer('K2', { forMs: 1000 });
    manager.prefer('K1', { forMs: 1000 });
    runtime.set(1000);
    manager.endPreference();
    manager.prefer('K2');
    manager.removeKeys(['K2']);
    manager.endPreference();
    expect(events).toEqual([]);
  });
});
