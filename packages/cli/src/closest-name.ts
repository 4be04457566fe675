const mostEdits = 3;

/** The known name that is closest to a wrong one; `undefined` if none is close. */
export function closestName(wrong: string, known: readonly string[]): string | undefined {
  const given = wrong.toLowerCase();
  const [best] = known
    .map((name) => ({ name, edits: editsBetween(given, name.toLowerCase()) }))
    .toSorted((a, b) => a.edits - b.edits);
  const allowed = Math.min(mostEdits, Math.ceil(given.length / 3));
  return best && best.edits <= allowed ? best.name : undefined;
}

/** The Levenshtein distance of two texts. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let index = 0; index < a.length; index++) {
    const next = [index + 1];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (a[index] === b[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
