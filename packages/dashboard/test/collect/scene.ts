import {
  ApiKeyManager,
  customProvider,
  KeyFailedError,
  type ApiKeyInput,
  type KeyFailure,
  type KeyManagerOptions,
} from '@api-key-fallback/core';
import { defineAdapter, type ProviderAdapter } from '@api-key-fallback/core/adapter';
import { onTestFinished } from 'vitest';
import { Collector, type CollectorOptions } from '../../src/collect/collector.ts';
import { buildDocument } from '../../src/pages/build-document.ts';
import type { WatchedAlerts } from '../../src/pages/watched-alerts.ts';
import type { PageDocument } from '../../src/protocol/page-document.ts';
import type { EventsDocument } from '../../src/protocol/events-document.ts';
import type { KeyRow } from '../../src/protocol/key-row.ts';
import type { OverviewDocument, PoolSection } from '../../src/protocol/overview-document.ts';
import type { ProviderDocument } from '../../src/protocol/provider-document.ts';
import { parseView } from '../../src/protocol/view.ts';
import { FakeClock } from '../../../../test-support/fake-clock.ts';

export const secondMs = 1000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;

/** How old a status in a document can be. */
const statusAgeMs = 100;

const quiet = { logger: false, retryBudget: false, store: false } as const;

/** How a key fails. */
export interface KeyOutcome {
  readonly kind: KeyFailure;
  readonly retryAfterMs?: number;
  readonly reason?: string;
}

export const refused: KeyOutcome = { kind: 'invalid-key' };

export function outFor(retryAfterMs: number): KeyOutcome {
  return { kind: 'rate-limited', retryAfterMs };
}

/** A failure of one quota bucket of a key. */
class BucketFullError extends Error {
  constructor(readonly bucket: string) {
    super(`${bucket} is full`);
  }
}

export function adapterOf(name: string, displayName: string): ProviderAdapter {
  return defineAdapter({
    name: customProvider(name),
    displayName,
    env: `${name.toUpperCase()}_API_KEY`,
    timeZone: 'America/Sao_Paulo',
    classifyError: (error) =>
      error instanceof BucketFullError
        ? { kind: 'rate-limited', reason: 'bucket_full', bucket: error.bucket, retryAfterMs: hourMs }
        : undefined,
  });
}

/** The key with a label. */
export function keyOf(label: string): string {
  return `${label}-0123456789abcdefghij`;
}

/** Labels with a number. */
export function labels(count: number, word = 'key'): string[] {
  return Array.from({ length: count }, (_, index) => `${word}${index + 1}`);
}

/** Key managers and a collector on a clock of their own. */
export class Scene {
  readonly clock: FakeClock;
  #collector: Collector | undefined;
  #alerts: WatchedAlerts | undefined;

  constructor(start?: string) {
    this.clock = new FakeClock(start);
  }

  /** A manager of keys with these labels. */
  manager(
    keys: readonly (string | Partial<ApiKeyInput & object>)[],
    options: KeyManagerOptions = {},
    adapter: ProviderAdapter = adapterOf('acme', 'Acme'),
  ): ApiKeyManager {
    const list = keys.map((key): ApiKeyInput => {
      const fields = typeof key === 'string' ? { label: key } : (key as { readonly label: string });
      return { key: keyOf(fields.label), ...fields };
    });
    const manager = new ApiKeyManager(adapter, list, { ...quiet, ...options, runtime: this.clock });
    onTestFinished(() => manager.close());
    return manager;
  }

  /** Starts to collect. */
  watch(managers?: readonly ApiKeyManager[], alerts?: WatchedAlerts): Collector {
    const options: CollectorOptions = { runtime: this.clock, ...(managers ? { managers } : {}) };
    const collector = new Collector(options);
    onTestFinished(() => collector.close());
    this.#collector = collector;
    this.#alerts = alerts;
    return collector;
  }

  /** Makes a call that finds a quota bucket full, on each key. */
  async fillBucket(manager: ApiKeyManager, bucket: string): Promise<void> {
    const fail = (): never => {
      throw new BucketFullError(bucket);
    };
    await manager.retryWithFallback(fail, { maxRetries: 1, operation: bucket }).catch(() => {});
    await this.clock.advance(statusAgeMs);
  }

  /** Makes a call in which the keys with these labels fail. It may fail too. After it, documents are no longer those of before. */
  async call(manager: ApiKeyManager, failing: Readonly<Record<string, KeyOutcome>> = {}): Promise<void> {
    const made = manager.retryWithFallback(
      (key: string) => {
        const outcome = failing[key.slice(0, key.indexOf('-'))];
        if (!outcome) return 'answer';
        const { kind, ...rest } = outcome;
        throw new KeyFailedError(kind as 'rate-limited', rest);
      },
      { maxRetries: 1 },
    );
    await made.catch(() => {});
    await this.clock.advance(statusAgeMs);
  }

  document(query: string): PageDocument {
    if (!this.#collector) throw new TypeError('Call watch() first.');
    return buildDocument(parseView(query), {
      collector: this.#collector,
      ...(this.#alerts ? { alerts: this.#alerts } : {}),
    });
  }

  overview(query = ''): OverviewDocument {
    return this.document(`page=overview${query}`).page as OverviewDocument;
  }

  provider(query = ''): ProviderDocument {
    return this.document(`page=provider&provider=acme${query}`).page as ProviderDocument;
  }

  events(query = ''): EventsDocument {
    return this.document(`page=events${query}`).page as EventsDocument;
  }

  /** The rows of a pool on the overview, by label. */
  rows(pool = 'acme'): Record<string, KeyRow> {
    const section: PoolSection | undefined = this.overview().pools.rows[pool];
    return byLabel(Object.values(section?.rows.rows ?? {}));
  }

  /** The names of the events, the newest first, with the labels of their keys. */
  feed(query = ''): string[] {
    const { order, rows } = this.events(query).entries;
    return order.map((id) => [rows[id]?.name, rows[id]?.label].filter(Boolean).join(' '));
  }
}

function byLabel(rows: readonly KeyRow[]): Record<string, KeyRow> {
  return Object.fromEntries(rows.map((row) => [row.label, row]));
}
