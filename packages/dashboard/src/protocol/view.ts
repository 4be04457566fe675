import { eventKinds, type EventKind } from './events-document.ts';
import { keyStates, type KeyUiState } from './key-row.ts';
import { ranges, type Range } from './provider-document.ts';

/** The number of pools on a page of the overview, and of keys on a page of a provider. */
export const pageLength = 20;

/** By what the keys of a pool are sorted. `state`: what needs attention first. `list`: the order of the manager. */
export const sortings = ['state', 'list', 'label', 'attempts', 'failed', 'limit', 'used'] as const;
export type Sorting = (typeof sortings)[number];

/** What is on a screen, and so what the server sends. Pages count from 1. */
export type View =
  | { readonly page: 'overview'; readonly poolPage: number; readonly search: string }
  | ProviderView
  | {
      readonly page: 'events';
      readonly provider: string;
      readonly kinds: readonly EventKind[];
      readonly search: string;
    }
  | { readonly page: 'alerts' };

/** The page of one pool of keys. */
export interface ProviderView {
  readonly page: 'provider';
  readonly provider: string;
  readonly pool: string;
  readonly range: Range;
  /** Part of a label, a masked key or a group. */
  readonly search: string;
  /** Only keys of this state; '' for all. */
  readonly state: KeyUiState | '';
  readonly sort: Sorting;
  readonly isDescending: boolean;
  readonly keyPage: number;
  /** The id of the key whose details are open; '' for none. */
  readonly key: string;
}

/** The longest name of a pool. */
const longestName = 128;
const longestSearch = 100;

/** Reads a view from its canonical form, a query such as `page=provider&provider=openai`. What is missing or invalid gets its default. */
export function parseView(query: string): View {
  const fields = new URLSearchParams(query);
  const text = (field: string, ifAbsent = '') => (fields.get(field) ?? ifAbsent).slice(0, longestName);
  const search = (fields.get('search') ?? '').slice(0, longestSearch);
  const oneOf = <Name extends string>(name: string, names: readonly Name[]): Name | undefined =>
    names.find((each) => each === fields.get(name));
  const number = (name: string) => Math.min(Math.max(1, Math.trunc(Number(fields.get(name)) || 1)), 1_000_000);
  switch (fields.get('page')) {
    case 'provider':
      return {
        page: 'provider',
        provider: text('provider'),
        pool: text('pool', 'default'),
        range: oneOf('range', ranges) ?? '1h',
        search,
        state: oneOf('state', keyStates) ?? '',
        sort: oneOf('sort', sortings) ?? 'state',
        isDescending: fields.get('order') === 'desc',
        keyPage: number('keys'),
        key: text('key'),
      };
    case 'events': {
      const given = fields.get('kinds');
      const kinds = given === null ? eventKinds : eventKinds.filter((kind) => given.split('.').includes(kind));
      return { page: 'events', provider: text('provider'), kinds, search };
    }
    case 'alerts':
      return { page: 'alerts' };
    default:
      return { page: 'overview', poolPage: number('pools'), search };
  }
}

/** Writes a view in its canonical form, without what has its default. */
export function formatView(view: View): string {
  const fields = new URLSearchParams({ page: view.page });
  const set = (name: string, value: string | number, ifAbsent: string | number = '') => {
    if (value !== ifAbsent) fields.set(name, String(value));
  };
  switch (view.page) {
    case 'overview':
      set('pools', view.poolPage, 1);
      set('search', view.search);
      break;
    case 'provider':
      set('provider', view.provider);
      set('pool', view.pool, 'default');
      set('range', view.range, '1h');
      set('search', view.search);
      set('state', view.state);
      set('sort', view.sort, 'state');
      set('order', view.isDescending ? 'desc' : '');
      set('keys', view.keyPage, 1);
      set('key', view.key);
      break;
    case 'events':
      set('provider', view.provider);
      if (view.kinds.length < eventKinds.length) fields.set('kinds', view.kinds.join('.'));
      set('search', view.search);
      break;
    case 'alerts':
      break;
  }
  return fields.toString();
}
