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
  const patch: Record<string, unknown> = {};
  for (const name of Object.keys(old)) if (old[name] !== undefined && next[name] === undefined) patch[name] = null;
  for (const name of Object.keys(next)) {
    const change = changeOf(old[name], next[name]);
    if (change !== undefined) patch[name] = change;
  }
  return Object.keys(patch).length === 0 ? undefined : (patch as MergePatch);
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
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) delete result[name];
    else result[name] = merge(result[name], change);
  }
  return result;
}
