/** A JSON value of a document. Documents have no `null`: it means removal in a patch. */
type DocumentValue =
  | string
  | number
  | boolean
  | undefined
  | readonly DocumentValue[]
  | { readonly [name: string]: DocumentValue };

/** A merge patch as RFC 7396 defines it: objects are merged, `null` removes, all else replaces. */
export type MergePatch = { readonly [name: string]: MergePatchValue };

type MergePatchValue = DocumentValue | null | MergePatch;

type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is merged by its names. Lists are not. */
function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the patch that turns one document into another; `undefined` if they are equal. Fields that are `undefined` count as absent. */
export function diff(before: object, after: object): MergePatch | undefined {
  const [old, next] = [before as Fields, after as Fields];
  const changes: [string, unknown][] = [];
  for (const [name, value] of Object.entries(old)) {
    if (value !== undefined && fieldOf(next, name) === undefined) changes.push([name, null]);
  }
  for (const [name, value] of Object.entries(next)) {
    const change = changeOf(fieldOf(old, name), value);
    if (change !== undefined) changes.push([name, change]);
  }
  return changes.length === 0 ? undefined : (Object.fromEntries(changes) as MergePatch);
}

/** Names come from the application, and `constructor` or `__proto__` is something in every object. */
function fieldOf(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** The patch of one field; `undefined` without a change. */
function changeOf(before: unknown, after: unknown): unknown {
  if (before === after || after === undefined) return undefined;
  if (isObject(before) && isObject(after)) return diff(before, after);
  return isEqual(before, after) ? undefined : after;
}

function isEqual(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isEqual(item, b[index]));
  }
  return isObject(a) && isObject(b) ? diff(a, b) === undefined : Object.is(a, b);
}

/** Applies a patch. Returns a new document; what the patch leaves alone stays the same object. */
export function applyPatch<Document extends object>(document: Document, patch: MergePatch): Document {
  return merge(document, patch) as Document;
}

function merge(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) result.delete(name);
    else result.set(name, merge(result.get(name), change));
  }
  return Object.fromEntries(result);
}
