import type { ApiKeyManager, KeyManagerEvents, KeyManagerStatus } from '@api-key-fallback/core';
import type { FullRuntime } from '@api-key-fallback/core/adapter';
import { KeyHistory } from '../history/key-history.ts';
import type { KeptSeries } from '../history/kept-series.ts';
import { MinuteCounts } from '../history/minute-counts.ts';
import { unspecifiedBucket } from '../history/ui-state.ts';
import type { PoolSeries } from '../history/pool-series.ts';
import { ReasonCounts } from '../history/reason-counts.ts';
import { defined } from '../protocol/defined.ts';
import type { KeyUiState } from '../protocol/key-row.ts';
import { poolIdOf, type PoolName, type SwarmView } from '../protocol/pool-head.ts';
import type { Feed } from './feed.ts';
import { followEvents, type NamedEvent } from './follow-events.ts';
import { PoolStatus } from './pool-status.ts';
import { swarmOf } from './swarm-of.ts';

/** What all pools share. */
export interface PoolContext {
  readonly runtime: FullRuntime;
  readonly feed: Feed;
  readonly series: KeptSeries;
  /** Called when the keys or the store of a pool have changed. */
  readonly onChange: (pool: WatchedPool) => void;
}

/** What a pool adds to the totals of all pools, as of its last sample. */
export interface PoolTotals {
  /** Attempts of the last full minute. */
  readonly perMinute: number;
  /** Of the last 60 minutes. */
  readonly attempts: number;
  readonly failed: number;
  readonly failovers: number;
}

/** A pool of keys: the status of its manager, and its history. Its manager can be replaced. */
export class WatchedPool {
  readonly id: string;
  /** Since when it is watched. */
  readonly sinceMs: number;
  readonly keys: KeyHistory = new KeyHistory();
  readonly reasons: ReasonCounts = new ReasonCounts();
  readonly failovers: MinuteCounts = new MinuteCounts();
  readonly #context: PoolContext;
  #manager: ApiKeyManager;
  #status: PoolStatus;
  #stop: () => void;
  #name: PoolName;
  #awaySinceMs: number | undefined;
  #letters = '';
  #swarm: SwarmView = {};
  #totals: PoolTotals = { perMinute: 0, attempts: 0, failed: 0, failovers: 0 };
  #isReadable = false;

  constructor(manager: ApiKeyManager, context: PoolContext) {
    const { provider, pool } = manager;
    this.id = poolIdOf(manager);
    this.sinceMs = context.runtime.now();
    this.#context = context;
    this.#name = { provider, pool, displayName: provider };
    [this.#manager, this.#status, this.#stop] = this.#follow(manager);
    this.refresh();
  }

  get manager(): ApiKeyManager {
    return this.#manager;
  }

  get name(): PoolName {
    return this.#name;
  }

  get status(): PoolStatus {
    return this.#status;
  }

  /** Whether its manager could be read. */
  get isReadable(): boolean {
    return this.#isReadable;
  }

  get totals(): PoolTotals {
    return this.#totals;
  }

  /** Its history for charts; absent without calls, and once too many other pools were used more recently. */
  get series(): PoolSeries | undefined {
    return this.#context.series.find(this.id);
  }

  /** When its store became unreachable; absent while it answers. */
  get awaySinceMs(): number | undefined {
    return this.#awaySinceMs;
  }

  /** The letters of all keys. The same object while they are the same. */
  get swarm(): SwarmView {
    const letters = this.keys.letters();
    if (letters !== this.#letters) [this.#letters, this.#swarm] = [letters, swarmOf(letters)];
    return this.#swarm;
  }

  /** Continues with another manager of the same pool. */
  replaceManager(manager: ApiKeyManager): void {
    this.#stop();
    [this.#manager, this.#status, this.#stop] = this.#follow(manager);
    this.refresh();
  }

  /** Ends the listening. */
  stop(): void {
    this.#stop();
  }

  /** Samples the manager, unless that was just done. */
  refresh(): void {
    const nowMs = this.#context.runtime.now();
    try {
      if (this.#status.renew(nowMs)) this.#sample(this.#status.now, nowMs);
      // Reads what pages need, so that a broken manager fails here.
      this.#isReadable = this.#status.health !== undefined;
    } catch {
      this.#isReadable = false;
    }
  }

  /** Samples the manager, even if that was just done. */
  resample(): void {
    this.#status.forget();
    this.refresh();
  }

  #sample(status: KeyManagerStatus, nowMs: number): void {
    const { displayName, pool, store } = status;
    const shownName = pool === 'default' ? displayName : `${displayName} · ${pool}`;
    if (shownName !== this.#name.displayName) this.#name = { ...this.#name, displayName: shownName };
    this.#awaySinceMs = store?.isAway === true ? (this.#awaySinceMs ?? nowMs) : undefined;
    const outcomes = this.keys.sample(status, nowMs);
    if (outcomes.some((count) => count > 0)) this.#usedSeries(nowMs)?.count(outcomes);
    this.series?.moveTo(nowMs);
    this.#totals = this.#addUp(nowMs);
  }

  #addUp(nowMs: number): PoolTotals {
    const { series } = this;
    const { attempts = 0, failed = 0 } = series?.attempts(nowMs, 60) ?? {};
    const perMinute = series?.attempts(nowMs, 1).attempts ?? 0;
    return { perMinute, attempts, failed, failovers: this.failovers.sum(nowMs) };
  }

  #follow(manager: ApiKeyManager): [ApiKeyManager, PoolStatus, () => void] {
    return [manager, new PoolStatus(manager), followEvents(manager, (named) => this.#record(named))];
  }

  #usedSeries(nowMs: number): PoolSeries | undefined {
    return this.#context.series.use(this.id, nowMs);
  }

  #record({ name, event }: NamedEvent): void {
    const nowMs = this.#context.runtime.now();
    switch (name) {
      // A call without a key left emits `keys.exhausted` too.
      case 'call.succeeded':
      case 'call.failed':
        this.#usedSeries(nowMs)?.record(event.durationMs);
        break;
      case 'attempt.failed':
        this.reasons.add(event.verdict, event.reason, nowMs);
        break;
      case 'call.fell-over':
        this.failovers.add(nowMs);
        break;
      case 'store.failed':
        this.#awaySinceMs = nowMs;
        break;
      case 'keys.changed':
        // Starts to count on new keys at once, so that their first attempts are in the history.
        this.resample();
        break;
      case 'key.suspected':
        // A suspect key can be used, so its status has no time at which it is back.
        this.#announce(event, 'suspect', nowMs, event.untilMs);
        break;
      case 'key.cooled-down':
        this.#announce(event, 'cooling', nowMs);
        break;
      case 'key.disabled':
        this.#status.forget();
        this.#announce(event, event.reason === 'operator' ? 'off' : 'refused', nowMs);
        break;
      case 'key.recovered':
        this.#status.forget();
        this.#announce(event, 'healthy', nowMs);
        break;
      case 'key.preferred':
      case 'key.preference-ended':
        this.#status.forget();
        break;
      case 'key.limited':
        this.#announce(event, 'full', nowMs);
        break;
      default:
        break;
    }
    if (/^(?:keys?|store)\./.test(name)) this.#context.onChange(this);
    if (name !== 'call.succeeded') this.#context.feed.add(name, { ...event }, this.#name);
  }

  /** Notes the new state of a whole key. Events of a single bucket do not change it. */
  #announce({ key, bucket, actor }: AnnouncingEvent, state: KeyUiState, sinceMs: number, untilMs?: number): void {
    if (bucket !== undefined && bucket !== unspecifiedBucket) return;
    this.keys.announce(key, state, { sinceMs, ...defined({ actor, untilMs }) });
  }
}

interface AnnouncingEvent extends Pick<KeyManagerEvents['key.cooled-down'], 'key' | 'bucket'> {
  /** The operator who caused it; absent otherwise. */
  readonly actor?: string;
}
