import { pageLength } from '../protocol/view.ts';

/** A part of a list. */
export interface Page<Item> {
  /** From 1. */
  readonly number: number;
  readonly items: readonly Item[];
}

/** Cuts a page out of a list. A number beyond the last page means the last page. */
export function pageOf<Item>(list: readonly Item[], number: number): Page<Item> {
  const last = Math.max(1, Math.ceil(list.length / pageLength));
  const shown = Math.min(Math.max(1, number), last);
  return { number: shown, items: list.slice((shown - 1) * pageLength, shown * pageLength) };
}
