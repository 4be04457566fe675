import { findAttempt } from '../base/attempt.ts';
import { checkPoolName, defaultPool } from '../base/provider-name.ts';
import type { ErrorVerdict } from '../base/verdict.ts';
import { createRuntime, type FullRuntime } from '../base/runtime.ts';
import { EventHub } from '../events/event-hub.ts';
import type { EventOrigin, KeyChangeReason } from '../events/events.ts';
import { EventLog } from '../events/event-log.ts';
import { Tracers } from '../events/tracers.ts';
import { GuardedAdapter } from '../provider/guarded-adapter.ts';
import type { ProviderAdapter } from '../provider/provider-adapter.ts';
import type { Cause } from '../state/cause.ts';
import type { HealthContext } from '../state/key-health.ts';
import type { KeyRing } from '../state/key-ring.ts';
import { PoolHealth } from '../state/pool-health.ts';
import { PoolUsage } from '../state/pool-usage.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import { RunningSlots } from '../state/running-slots.ts';
import { SharedClock } from '../state/shared-clock.ts';
import { chooseStore, type ChosenStore } from '../stores/choose-store.ts';
import type { ApiKeyInput } from './check-api-keys.ts';
import { ClientCache } from './client-cache.ts';
import { checkManagerOptions, type KeyManagerOptions } from './key-manager-options.ts';
import { KeySelection } from './key-selection.ts';
import { changeOf, KeyList, type NewKeyList } from './key-list.ts';
import { observeResponse } from './observe-response.ts';
import type { PoolSource } from './pool-source.ts';
import { oneRequest, type Draw } from '../limits/draw.ts';
import { PoolLimits } from '../limits/pool-limits.ts';
import { PoolTraffic } from '../limits/pool-traffic.ts';
import type { RequestMark } from '../limits/request-window.ts';
import { PoolStore } from './pool-store.ts';
import { SoonestRecovery } from './recovery.ts';
import { RetryBudget } from './retry-budget.ts';
import { TwinPools } from './twin-pools.ts';
import { WaitingCalls } from './waiting-calls.ts';

/** The keys of one pool: which one is next, and what is known of them. */
export class KeyPool<Client = unknown> {
  readonly adapter: GuardedAdapter<Client>;
  readonly provider: string;
  /** The provider's name and that of the pool, as events carry them. */
  readonly origin: EventOrigin;
  /** The provider as texts name it, with the pool if it is not the default one. */
  readonly displayName: string;
  readonly runtime: FullRuntime;
  readonly clock: SharedClock;
  readonly events: EventHub;
  readonly tracers: Tracers = new Tracers();
  readonly health: PoolHealth;
  readonly usage: PoolUsage;
  readonly slots: RunningSlots;
  readonly clients: ClientCache<Client>;
  readonly retryOn: 'same-key' | 'next-key';
  readonly budget: RetryBudget | undefined;
  readonly measuresLatency: boolean;
  readonly traffic: PoolTraffic;
  readonly limits: PoolLimits;
  /** The number of running calls. A stream counts until its first chunk. */
  runningCalls = 0;
  readonly waiting: WaitingCalls;
  readonly list: KeyList;
  readonly selection: KeySelection;
  /** The keys that other pools of this process have too. */
  readonly twins: TwinPools;
  /** `undefined` if the application lists the keys. */
  source: PoolSource | undefined;
  /** Finds the pool in which calls go on when the keys of this one are exhausted. */
  fallback: () => KeyPool | undefined = () => undefined;
  /** Writes a line of the level `warn` into the log. */
  readonly warn: (text: string) => void;
  readonly shared: PoolStore;
  readonly #soonest = new SoonestRecovery();
  /** The pool to take over from once there are keys. */
  #before: KeyPool | undefined;
  #ring: KeyRing;
  #closing: Promise<void> | undefined;

  constructor(
    adapter: ProviderAdapter<Client>,
    keys: readonly ApiKeyInput[],
    options: KeyManagerOptions,
    lazy = false,
  ) {
    const settings = checkManagerOptions(options);
    const { pool, strategy, clientOptions, runtime, retryBudget, recheckInvalid, retryOn, store, tracer } = settings;
    this.measuresLatency = settings.latency;
    this.origin = Object.freeze({ provider: adapter.name, pool });
    this.displayName = adapter.displayName + (pool === defaultPool ? '' : ` (${pool})`);
    const log = new EventLog(this.origin, this.displayName, options);
    this.warn = (text) => log.warn(text);
    let chosen: ChosenStore | undefined;
    this.adapter = new GuardedAdapter(adapter, this.warn);
    this.provider = adapter.name;
    this.runtime = createRuntime(runtime);
    this.waiting = new WaitingCalls(this.runtime);
    this.retryOn = retryOn;
    this.budget = retryBudget === false ? undefined : new RetryBudget(retryBudget);
    this.clock = new SharedClock(this.runtime);
    if (tracer) this.tracers.add(tracer);
    this.traffic = new PoolTraffic(this.clock);
    const context: HealthContext = { clock: this.clock, recheckInvalid, revision: 0 };
    this.twins = new TwinPools(this);
    this.list = new KeyList(this, adapter, context, this.warn, (key) => this.twins.of(key).map((twin) => twin.key));
    try {
      const list = this.list.set(keys, lazy);
      this.#ring = list.ring;
      // Again, because only now its own keys are known.
      checkPoolName('"pool"', pool);
      chosen = chooseStore(store, options);
      this.events = new EventHub(log);
      this.usage = new PoolUsage(this.#ring, this.clock, adapter.timeZone);
      if (chosen) this.usage.countProcesses();
      this.limits = new PoolLimits(options, list, this);
      this.selection = new KeySelection(strategy, this.#ring, this.traffic, this.limits, this.clock);
      this.slots = new RunningSlots((key) => this.#onLoad(key));
      this.health = new PoolHealth(this.origin, this.#ring, context, this.events, this.clock, {
        onHealth: (key) => {
          key.statusRevision++;
          this.selection.onHealth(key);
          this.waiting.wake();
        },
        onOwnHealth: (...change) => this.twins.share(...change),
        onRecord: (target) => this.shared.onRecord(target),
      });
      const { origin, health, usage, clock, events } = this;
      const onClockShift = () => {
        this.traffic.shift(clock.offsetMs);
        this.selection.refresh();
      };
      const parts = { origin, health, usage, clock, events, runtime: this.runtime, onClockShift };
      this.shared = new PoolStore(chosen, this.#ring, parts);
      this.clients = new ClientCache(adapter, clientOptions, (key, response) => this.#observeOfClient(key, response));
      this.twins.onKeys(this.keys);
      // After the twins, because they share what is counted.
      this.limits.replace(list);
    } catch (error) {
      void chosen?.release();
      this.list.close();
      throw error;
    }
  }

  get keys(): readonly PooledKey[] {
    return this.#ring.keys;
  }

  /** Takes over a new list of keys. */
  replace(list: NewKeyList, reason: KeyChangeReason, source?: string): void {
    const { ring, added, removed, successors } = list;
    this.#ring = ring;
    this.#soonest.clear();
    // First, because what was learned of keys that are forgotten goes with them.
    for (const [key, from] of successors) this.traffic.inherit(key, from);
    for (const part of [this.usage, this.health, this.traffic, this.shared, this.selection]) part.replace(ring);
    this.twins.onKeys(added);
    // Last, because twins share what they count.
    this.limits.replace(list);
    for (const [key, from] of successors) {
      key.inherit(from);
      this.health.inherit(key, from);
    }
    for (const key of removed) this.#dropClientIfIdle(key);
    if (this.#before) this.takeOver(this.#before);
    if (added.length > 0) this.shared.onNewKeys();
    this.waiting.wake();
    if (list.hasChanged) this.events.emit('keys.changed', changeOf, this.origin, list, reason, source);
  }

  /** The key that a call takes next after the `used` ones. */
  select(draw: Draw = oneRequest, used?: ReadonlySet<PooledKey>): PooledKey | undefined {
    return this.selection.select(draw, used);
  }

  /** Notes that an attempt on this key has started or ended, after it was counted. */
  onUsage(key: PooledKey): void {
    this.#onLoad(key);
    this.shared.onUsage(key);
  }

  /** The time in ms until the first key is available for such an attempt; `undefined` if none becomes available by itself. */
  soonestRecoveryMs(draw: Draw, isUsedUp?: (key: PooledKey) => boolean): number | undefined {
    return this.#soonest.find(this, draw, this.health.revision, isUsedUp);
  }

  isUsable(key: PooledKey, draw: Draw): boolean {
    return this.selection.isUsable(key, draw);
  }

  find(secret: string): PooledKey | undefined {
    return this.#ring.findBySecret(secret);
  }

  /** Whether a value is one of the keys or clients, also of a key that has left the list. */
  owns(value: unknown): boolean {
    if (typeof value === 'string') return this.#ring.findKnown(value) !== undefined;
    return Object(value) === value && this.clients.has(value as object);
  }

  /** Whether another pool has the same name, also after it was closed and made again. */
  isSameAs({ origin: { provider, pool } }: KeyPool): boolean {
    return provider === this.origin.provider && pool === this.origin.pool;
  }

  /** Whether calls or streams run. */
  get isBusy(): boolean {
    return this.runningCalls > 0 || this.#ring.known.some(({ usage }) => usage.inUse > 0);
  }

  /** Learns from a refusal, also for other pools that have the key. */
  onRefusal(key: PooledKey, start: RequestMark, verdict: ErrorVerdict): void {
    this.traffic.onRefusal(key, start, verdict, this.clock.now());
    this.twins.onLearned(key);
  }

  /** Lets the calls that wait for this key try again, in all pools that have it. */
  wake(key: PooledKey): void {
    this.waiting.wake();
    this.twins.wake(key);
  }

  /** Notes that the budget has ended a call. Emits one event for as long as it is spent. */
  onBudgetSpent(): void {
    if (this.budget?.reportSpent()) this.events.emit('budget.exhausted', () => this.origin);
  }

  /** Takes over what another pool knows of the same keys; with another clock nothing, so that one test does not see another. */
  takeOver(before: KeyPool): void {
    if (this.runtime.ownerOfClock !== before.runtime.ownerOfClock) return;
    this.#before = this.keys.length === 0 ? before : undefined;
    before.twins.end();
    this.limits.takeOver(before.limits);
    this.selection.preferred.takeOver(before.selection.preferred, this.#ring);
    const shiftMs = this.clock.aheadOf(before.clock);
    const aheadMs = this.runtime.steadyNow() - before.runtime.steadyNow();
    const { store } = this.shared;
    const hasSameStore = store !== undefined && store === before.shared.store;
    for (const key of this.keys) {
      const known = before.find(key.reveal());
      if (!known) continue;
      this.usage.takeOver(key, known, before.usage, hasSameStore);
      const traffic = before.traffic.of(known);
      this.traffic.takeOver(key, traffic, this.clock.now());
      this.limits.takeOverKey(key, traffic.counts);
      this.health.takeOver(key, known, shiftMs);
      key.takeOver(known);
      key.outcomes.takeOver(known.outcomes, aheadMs);
      this.traffic.headers.share(key, before.traffic.headers, known);
      this.onUsage(key);
    }
  }

  /** Clears all failures of these keys. */
  reset(keys: readonly PooledKey[], by: Pick<Cause, 'action' | 'actor'>): void {
    this.budget?.fill();
    for (const key of keys) {
      key.streak = 0;
      this.traffic.forget(key);
      this.twins.forget(key);
      this.health.reset(key, by);
    }
  }

  /** Brings what `status()` shows up to date: what other processes have counted arrives soon, the rest at once. */
  refreshStatus(): void {
    this.slots.expire(this.runtime.steadyNow());
    this.usage.startDay();
    this.shared.requestTotals();
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.source?.close();
    await this.shared.close();
    this.clients.clear();
    this.twins.end();
    this.list.close();
  }

  #dropClientIfIdle(key: PooledKey): void {
    if (key.usage.inUse === 0 && !this.#ring.has(key)) this.clients.drop(key);
  }

  #onLoad(key: PooledKey): void {
    key.statusRevision++;
    if (this.#ring.left.length > 0) this.#dropClientIfIdle(key);
    this.selection.onUsage(key);
  }

  // A client is used inside an attempt with its key, unless the application keeps it for other uses.
  #observeOfClient<R>(key: PooledKey, response: R): R {
    const attempt = findAttempt(this.provider, this.origin.pool);
    if (attempt?.keyId === key.ref.keyId) return attempt.observe(response);
    return observeResponse(this, key, response, this.traffic.lastRequest);
  }
}
