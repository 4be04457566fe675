import type { VNode } from 'preact';
import type { ProviderView, Sorting } from '../../../src/protocol/view.ts';
import { Icon } from '../parts/icon.tsx';
import { go } from '../state/view.ts';

const byNumber: ReadonlySet<Sorting> = new Set(['attempts', 'failed', 'limit', 'used']);

interface SortButtonProps {
  readonly view: ProviderView;
  readonly sorting: Sorting;
  readonly label: string;
}

/** Sorts by a column, and the other way round when it does already. */
export function SortButton({ view, sorting, label }: SortButtonProps): VNode {
  const isOn = view.sort === sorting;
  return (
    <button
      type="button"
      class={`sort ${isOn ? 'sort-on' : ''} ${isOn && !view.isDescending ? 'sort-up' : ''}`}
      onClick={() => sortBy(sorting, isOn ? !view.isDescending : undefined)}
    >
      {label}
      <Icon name="down" />
    </button>
  );
}

/** Sorts the keys. By a number, those that have most of it come first, unless the order is given. */
export function sortBy(sort: Sorting, isDescending: boolean = byNumber.has(sort)): void {
  go({ sort, isDescending, keyPage: 1 });
}

/** The `aria-sort` of a column that can be sorted by these. */
export function sortOf(view: ProviderView, ...by: readonly Sorting[]): 'ascending' | 'descending' | 'none' {
  if (!by.includes(view.sort)) return 'none';
  return view.isDescending ? 'descending' : 'ascending';
}
