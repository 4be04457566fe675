const longest = 24;

/** A name that a person has written, as messages show it. A longer one can be anything, such as a key in the wrong place. */
export function shownName(name: string): string {
  return name.length > longest ? '…' : name;
}
