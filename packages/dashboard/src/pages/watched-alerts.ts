import type { AlertsDocument } from '../protocol/alerts-document.ts';

/** An alert, as far as the dashboard shows it. */
export interface WatchedAlert {
  readonly fingerprint: string;
  readonly rule: string;
  readonly severity: 'critical' | 'warning' | 'info';
  readonly provider: string;
  readonly pool: string;
  readonly displayName: string;
  readonly startsAtMs: number;
  readonly keys: readonly { readonly label: string }[];
  readonly backAtMs?: number;
  readonly values?: Readonly<Record<string, string | number>>;
  readonly message?: string;
}

/** A rule; `options` is absent if there is nothing to set. */
export type WatchedRule = Omit<AlertsDocument['rules'][number], 'options'> & {
  readonly options?: Readonly<Record<string, number>>;
};

/** A channel; `currentTry` is absent while it sends nothing. */
export type WatchedChannel = Omit<AlertsDocument['channels'][number], 'tries'> & { readonly currentTry?: number };

/** How a channel has taken a test. */
export interface WatchedTest {
  readonly channel: string;
  readonly isDelivered: boolean;
  readonly error?: string;
}

/** The alerts that the dashboard shows: what `watchKeys()` of `@api-key-fallback/alerts` returns. */
export interface WatchedAlerts {
  firing(): readonly WatchedAlert[];
  /** Those that fire if they last. */
  pending(): readonly (WatchedAlert & { readonly firesAtMs?: number })[];
  /** Those of which a worse one says all. */
  muted(): readonly (WatchedAlert & { readonly mutedBy?: string })[];
  rules(): readonly WatchedRule[];
  channels(): readonly WatchedChannel[];
  deliveries(): AlertsDocument['deliveries'];
  /** Sends a test through the channels of this name. */
  test(channel?: string): Promise<readonly WatchedTest[]>;
}
