// What the page of a view shows. No field can hold a key. Times that end in `AtMs` or `UntilMs` are in ms since the epoch, by the
// server's clock; absent fields are left out, because `null` removes a field in a patch.

import type { AlertsDocument } from './alerts-document.ts';
import type { EventsDocument } from './events-document.ts';
import type { OverviewDocument } from './overview-document.ts';
import type { PoolName } from './pool-head.ts';
import type { ProviderDocument, UnknownPoolDocument } from './provider-document.ts';

/** The first key that is back by itself. */
export interface FirstBack {
  readonly label: string;
  readonly backAtMs: number;
}

/** The worst problem, from which the page makes a sentence. */
export type Headline =
  | { readonly kind: 'empty' }
  /** No key of the pool can be used. */
  | { readonly kind: 'down'; readonly pool: PoolName; readonly firstBack?: FirstBack }
  /** Half of its keys or more are out. `refused` is the label of a refused one. */
  | {
      readonly kind: 'half';
      readonly pool: PoolName;
      readonly usable: number;
      readonly total: number;
      readonly refused?: string;
      readonly firstBack?: FirstBack;
    }
  /** Keys that were refused, of all pools. */
  | { readonly kind: 'refused'; readonly count: number }
  /** Keys that are out and come back by themselves. */
  | { readonly kind: 'out'; readonly count: number }
  | { readonly kind: 'fine'; readonly count: number };

/** What all pages show. */
export interface PageFrame {
  readonly headline: Headline;
  /** Since when the history is kept. */
  readonly historySinceMs: number;
  /** The store through which processes share their state, if all or some pools have one. */
  readonly store?: {
    readonly kind: string;
    /** The most processes that share a pool. */
    readonly processes: number;
    /** Since when it is away; absent while it is there. */
    readonly awaySinceMs?: number;
    /** Whether only some of the pools have a store. */
    readonly isPartial?: true;
  };
  /** The number of alerts that fire. */
  readonly firing: number;
}

/** The document of a view: what all pages show, and its page. */
export interface PageDocument {
  readonly frame: PageFrame;
  readonly page: OverviewDocument | ProviderDocument | EventsDocument | AlertsDocument | UnknownPoolDocument;
}
