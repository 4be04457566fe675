import {
  array,
  assert as assertProperty,
  constantFrom,
  dictionary,
  integer,
  letrec,
  oneof,
  property,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyPatch, diff } from '../../src/protocol/merge-patch.ts';

const { documents } = letrec<{ value: unknown; documents: Record<string, unknown> }>((tie) => ({
  value: oneof({ maxDepth: 3 }, integer({ min: 0, max: 3 }), array(tie('value'), { maxLength: 3 }), tie('documents')),
  documents: dictionary(constantFrom('a', 'b', '__proto__', 'constructor', 'toString'), tie('value'), { maxKeys: 3 }),
}));

/** What arrives: patches travel as JSON. */
const sent = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe('merge patches', () => {
  it('turn each document into each other one', () => {
    assertProperty(
      property(documents, documents, (before, after) => {
        const patch = diff(before, after);
        expect(patch === undefined ? before : applyPatch(before, sent(patch))).toEqual(after);
      }),
    );
  });

  it('are absent between equal documents, also if they are different objects', () => {
    assertProperty(
      property(documents, (document) => {
        expect(diff(document, structuredClone(document))).toBeUndefined();
      }),
    );
  });

  it('remove with null, replace lists, and merge objects, as RFC 7396 says', () => {
    const before = { a: 1, list: [1, 2], rows: { x: { state: 'healthy' }, y: { state: 'cooling' } } };
    const after = { list: [1, 3], rows: { x: { state: 'healthy' }, z: { state: 'off' } }, b: 2 };
    expect(diff(before, after)).toEqual({ a: null, b: 2, list: [1, 3], rows: { y: null, z: { state: 'off' } } });
  });

  it('count a field that is undefined as absent', () => {
    expect(diff({ a: 1 }, { a: undefined })).toEqual({ a: null });
    expect(diff({}, { a: undefined })).toBeUndefined();
  });

  it('leave what they do not change as the same object', () => {
    const before = { rows: { x: { state: 'healthy' }, y: { state: 'cooling' } } };
    const after = applyPatch(before, { rows: { y: { state: 'healthy' } } });
    expect(after.rows.x).toBe(before.rows.x);
    expect(after.rows.y).not.toBe(before.rows.y);
    expect(before.rows.y.state).toBe('cooling');
  });

  it('take names that every object has for names like all others', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const [empty, full] = [{ rows: {} }, { rows: Object.fromEntries([[name, { state: 'off' }]]) }];
      const [added, removed] = [sent(diff(empty, full)), sent(diff(full, empty))];
      expect(JSON.stringify(added)).toBe(`{"rows":{"${name}":{"state":"off"}}}`);
      expect(JSON.stringify(applyPatch(empty, added ?? {}))).toBe(JSON.stringify(full));
      expect(JSON.stringify(applyPatch(full, removed ?? {}))).toBe('{"rows":{}}');
    }
  });

  it('create what is missing on the way to a change', () => {
    expect(applyPatch({}, { rows: { x: { state: 'off', until: null } } })).toEqual({ rows: { x: { state: 'off' } } });
  });
});
