/** A part of a list. */
export interface Page<Item> {
  /** From 1. */
  readonly number: number;
  readonly items: readonly Item[];
}

/** Cuts out a page. After the last one comes none, so a number that is too high means the last page. */
export function pageOf<Item>(list: readonly Item[], number: number, size: number): Page<Item> {
  const last = Math.max(1, Math.ceil(list.length / size));
  const shown = Math.min(Math.max(1, number), last);
  return { number: shown, items: list.slice((shown - 1) * size, shown * size) };
}
