import type { AlertsDocument, AlertView } from '../protocol/alerts-document.ts';

/** An alert, as far as the dashboard shows it. */
export interface WatchedAlert extends Omit<AlertView, 'keys' | 'keyCount' | 'firesAtMs' | 'mutedBy'> {
  readonly keys: readonly { readonly label: string }[];
}

/** A rule; `options` is absent if there is nothing to set. */
type WatchedRule = Omit<AlertsDocument['rules'][number], 'options'> & {
  readonly options?: Readonly<Record<string, number>>;
};

/** A channel; `currentTry` is absent while it sends nothing. */
export type WatchedChannel = Omit<AlertsDocument['channels'][number], 'tries'> & { readonly currentTry?: number };

/** The result of a test of a channel. */
interface WatchedTest {
  readonly channel: string;
  readonly isDelivered: boolean;
  readonly error?: string;
}

/** The alerts that the dashboard shows: what `watchKeys()` of `@api-key-fallback/alerts` returns. */
export interface WatchedAlerts {
  firing(): readonly WatchedAlert[];
  /** Those that fire if they last. */
  pending(): readonly (WatchedAlert & { readonly firesAtMs?: number })[];
  /** Those that a worse alert of the same pool makes obvious. */
  muted(): readonly (WatchedAlert & { readonly mutedBy?: string })[];
  rules(): readonly WatchedRule[];
  channels(): readonly WatchedChannel[];
  deliveries(): AlertsDocument['deliveries'];
  /** Sends a test through the channels of this name. */
  test(channel?: string): Promise<readonly WatchedTest[]>;
}
