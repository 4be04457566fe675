import type { ApiKeyInput } from './api-key-list.ts';
import { ClientCache } from './client-cache.ts';
import { findAttempt } from './attempt.ts';
import { CallPlan } from './call-plan.ts';
import { classifyError } from './error-classification.ts';
import { errorMessage } from './error-message.ts';
import { createEnvironment, type Environment } from './environment.ts';
import { EventHub } from './event-hub.ts';
import { EventLog, type LogOptions } from './event-log.ts';
import { HealthLedger } from './health-ledger.ts';
import { HealthRecords } from './health-records.ts';
import { isolated } from './isolated.ts';
import { chooseStore } from './choose-store.ts';
import type { KeyStateStore } from './key-state-store.ts';
import { isUsable, KeySelection, type KeyStrategy } from './key-selection.ts';
import { poolKeys } from './pool-keys.ts';
import { unspecifiedBucket, type PooledKey } from './pooled-key.ts';
import type { ProviderAdapter } from './provider-adapter.ts';
import type { ErrorVerdict } from './verdict.ts';
import { RecentClock } from './recent-clock.ts';
import { redactor } from './redaction.ts';
import { headersOf } from './retry-after.ts';
import { RetryBudget, type RetryBudgetOptions } from './retry-budget.ts';
import { checkFallbackOptions } from './retry-options.ts';
import type { RunningAttempt } from './running-attempt.ts';
import { SharedClock } from './shared-clock.ts';
import { StateReplica } from './state-replica.ts';
import { UsageBook } from './usage-book.ts';
import { withoutKeys } from './without-keys.ts';

/** Options of a key manager: choice of keys, clients, retry budget and log. */
export interface KeyManagerOptions extends LogOptions {
  /** Which of the equally healthy keys a call takes first. @default 'in-order' */
  readonly strategy?: KeyStrategy;
  /** Options for the clients that `inject: 'client'` hands out, passed to the adapter's `createClient`. */
  readonly clientOptions?: object;
  /** How many retries may be added to the traffic in an outage; `false` for no limit. */
  readonly retryBudget?: RetryBudgetOptions | false;
  /**
   * Where what is known of the keys is kept and shared; without one it ends with the process.
   *
   * @default a `FileStore` in API_KEY_STATE_DIR, where that is set; `false` for none in any case
   */
  readonly store?: KeyStateStore | false;
  /** Replaces the clock, the pause, the timer and the random source, for tests. */
  readonly environment?: Partial<Environment>;
}

const defaultSettings = checkFallbackOptions({});

/** The keys of one provider, and the bookkeeping of attempts with them; the loop works on this. */
export class KeyPool<Client = unknown> {
  readonly adapter: ProviderAdapter<Client>;
  readonly provider: string;
  readonly keys: readonly PooledKey[];
  readonly environment: Environment;
  readonly clock: SharedClock;
  readonly events: EventHub;
  readonly health: HealthLedger;
  readonly usage: UsageBook;
  readonly clients: ClientCache<Client>;
  /** That of calls without options. */
  readonly plan: CallPlan;
  readonly #bySecret: ReadonlyMap<string, PooledKey>;
  readonly #selection: KeySelection;
  readonly #budget: RetryBudget | undefined;
  readonly #log: EventLog;
  readonly #recent: RecentClock;
  readonly #ownStore: KeyStateStore | undefined;
  readonly #replica: StateReplica | undefined;
  #classifierHasThrown = false;
  #budgetIsSpent = false;

  constructor(adapter: ProviderAdapter<Client>, inputs: readonly ApiKeyInput[], options: KeyManagerOptions) {
    const { strategy = 'in-order', clientOptions, environment, retryBudget = {}, store } = options;
    this.adapter = adapter;
    this.provider = adapter.name;
    this.environment = createEnvironment(environment);
    this.#log = new EventLog(adapter.displayName, options);
    this.#budget = retryBudget === false ? undefined : new RetryBudget(retryBudget);
    this.keys = poolKeys(adapter, inputs, (text) => this.#log.warn(text));
    this.#bySecret = new Map(this.keys.map((key) => [key.reveal(), key]));
    this.events = new EventHub(this.#log);
    // A clock that is not the system's may be set at any time, and a timer that is not may count.
    const isReplaced = environment?.now !== undefined || environment?.timer !== undefined;
    const chosen = chooseStore(store);
    this.clock = new SharedClock(this.environment, { isSteady: chosen !== undefined && !environment?.now });
    this.usage = new UsageBook(this.keys, this.clock, adapter.timeZone);
    this.#recent = new RecentClock(this.environment, { canTick: !isReplaced }, (now) => this.#turn(now));
    this.health = new HealthLedger(this.provider, this.keys, this.events, this.clock);
    this.#selection = new KeySelection(strategy, this.keys, this.health, this.clock);
    if (chosen?.isOwn) this.#ownStore = chosen.store;
    this.#replica = chosen && this.#share(chosen.store);
    this.plan = new CallPlan(this, defaultSettings);
    this.clients = new ClientCache(adapter, clientOptions, (key, response) => this.#observeOfClient(key, response));
  }

  /** The quota bucket of a call; its name goes into events, `status()` and the store. */
  bucketOf(operation: string | undefined): string {
    if (operation === undefined) return unspecifiedBucket;
    // Nobody knows what a caller puts into the name of an operation.
    return redactor.redact(this.adapter.bucketOf?.(operation) ?? operation);
  }

  /** What one attempt costs at the provider; 1 where the adapter has no word on it. */
  unitsOf(operation: string | undefined): number {
    try {
      return this.adapter.unitsOf?.(operation) ?? 1;
    } catch {
      return 1;
    }
  }

  /** The key that the next call would take first. */
  peek(bucket: string = unspecifiedBucket, used?: ReadonlySet<PooledKey>): PooledKey | undefined {
    return this.#selection.peek(bucket, used);
  }

  /** The key of a new call, where there is nothing to weigh; else `undefined`. */
  peekClear(bucket: string): PooledKey | undefined {
    return this.#selection.peekClear(bucket);
  }

  /** A call begins, or goes on, with this key. */
  took(key: PooledKey): void {
    this.#selection.took(key);
    if (this.events.mayHear['key.selected']) this.#tellOf('key.selected', key);
  }

  /** The time in ms until the first key is back for a call in this bucket; `undefined` when none will be by itself. */
  soonestRecoveryMs(bucket: string): number | undefined {
    const now = this.clock.now();
    const times = this.keys.map((key) => key.backAtMs(bucket, now)).filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times) - now;
  }

  isUsable(key: PooledKey, bucket: string): boolean {
    return key.isClear(bucket) || isUsable(key, bucket, this.clock.now());
  }

  find(secret: string): PooledKey | undefined {
    return this.#bySecret.get(secret);
  }

  /** Whether a value is one of the keys or clients. */
  owns(value: unknown): boolean {
    if (typeof value === 'string') return this.#bySecret.has(value);
    return (typeof value === 'object' || typeof value === 'function') && this.clients.has(value);
  }

  begin(attempt: RunningAttempt): void {
    const { key } = attempt;
    const { usage } = key;
    usage.lastUsedAtMs = this.#recent.now();
    usage.inUse++;
    usage.attempts++;
    usage.quotaUnits += attempt.plan.units;
    this.#noteUse(key);
    if (attempt.isFirst) this.#budget?.countCall();
    if (this.events.mayHear['attempt.started']) this.#tellStarted(attempt);
  }

  succeed(attempt: RunningAttempt): void {
    const { key } = attempt;
    this.#end(attempt);
    key.usage.successes++;
    if (!key.isClear(attempt.plan.bucket)) this.health.succeed(attempt);
    if (this.events.mayHear['call.succeeded']) this.#tellOf('call.succeeded', key);
  }

  /** Ends an attempt that the caller's abort made meaningless. */
  abandon(attempt: RunningAttempt): void {
    this.#end(attempt);
  }

  /** Judges what an attempt failed with, and learns the key's group from it. */
  judge({ key, plan }: RunningAttempt, error: unknown): ErrorVerdict {
    const { operation } = plan.settings;
    const context = { now: this.clock.now(), ...(operation === undefined ? {} : { operation }) };
    const verdict = classifyError(this.adapter, error, context, (failure) => this.#warnOfClassifier(failure));
    this.#learnGroup(key, error, 'group' in verdict ? verdict.group : undefined);
    return verdict;
  }

  fail(attempt: RunningAttempt, verdict: ErrorVerdict, error: unknown, delayMs?: number): void {
    const { key, number, plan } = attempt;
    this.#end(attempt);
    key.usage.failures[verdict.kind]++;
    this.events.tell('attempt.failed', () => {
      const told = {
        provider: this.provider,
        key: key.name,
        attempt: number,
        maxRetries: plan.settings.maxRetries,
        verdict: verdict.kind,
        reason: verdict.reason,
        message: errorMessage(error),
      };
      return delayMs === undefined ? told : { ...told, delayMs };
    });
  }

  /** Whether one more attempt may be added to the traffic of a provider in trouble. */
  allowRetry(maxRetries: number): boolean {
    if (!this.#budget) return true;
    const isAllowed = this.#budget.spend(this.keys.length * maxRetries, this.environment.now());
    if (!isAllowed && !this.#budgetIsSpent) this.events.tell('budget.exhausted', () => ({ provider: this.provider }));
    this.#budgetIsSpent = !isAllowed;
    return isAllowed;
  }

  /** Learns the key's group and limits from a response, and demotes the key while one of them is used up. */
  observe(key: PooledKey, response: unknown, operation?: string): void {
    this.#learnGroup(key, response);
    const headers = headersOf(response);
    if (!headers) return;
    const context = { now: this.clock.now(), ...(operation === undefined ? {} : { operation }) };
    // An adapter's mistake must not reach the method whose response this is.
    isolated(() => {
      const limits = this.adapter.readLimits?.(headers, context) ?? [];
      key.limits = limits.map(withoutKeys);
      for (const limit of key.limits) this.health.demote(key, limit, this.bucketOf(operation));
    });
  }

  /** The store, as far as others may know it. */
  get store(): { readonly kind: string; readonly isAway: boolean } | undefined {
    return this.#replica && { kind: this.#replica.kind, isAway: this.#replica.isAway };
  }

  /** Brings usage up to date: the day at once, and what others have counted soon. */
  look(): void {
    this.usage.tick(this.clock.now());
    this.#replica?.counted();
  }

  /** Resolves when the store has been asked what it knows; at once without a store. */
  async ready(): Promise<void> {
    await this.#replica?.ready;
  }

  async close(): Promise<void> {
    await this.#replica?.close();
    await this.#ownStore?.close();
    this.events.removeListeners();
    this.clients.clear();
  }

  #end(attempt: RunningAttempt): void {
    attempt.end();
    this.#noteUse(attempt.key);
  }

  #turn(now: number): void {
    this.usage.tick(this.clock.fromLocal(now));
    this.#budget?.turn(now);
  }

  #noteUse(key: PooledKey): void {
    this.#selection.touch(key);
    this.#replica?.counted();
  }

  #tellStarted({ key, number, plan, isFirst }: RunningAttempt): void {
    const { maxRetries } = plan.settings;
    const { provider } = this;
    this.events.tell('attempt.started', () => ({ provider, key: key.name, attempt: number, maxRetries, isFirst }));
  }

  #tellOf(event: 'key.selected' | 'call.succeeded', { name }: PooledKey): void {
    const { provider } = this;
    this.events.tell(event, () => ({ provider, key: name }));
  }

  #share(store: KeyStateStore): StateReplica {
    const { provider, health, usage, clock, events, environment } = this;
    const records = new HealthRecords(this.keys);
    return new StateReplica(store, { provider, records, health, usage, clock, events, environment });
  }

  // A client asks inside the attempt that it was made for, unless somebody keeps it for other uses.
  #observeOfClient(key: PooledKey, response: unknown): void {
    const attempt = findAttempt(this.provider);
    if (attempt?.keyId === key.name.keyId) attempt.observe(response);
    else this.observe(key, response);
  }

  #learnGroup(key: PooledKey, source: unknown, named?: string): void {
    if (key.group !== undefined) return;
    isolated(() => {
      const group = named ?? this.adapter.groupOf?.(source);
      if (group !== undefined) key.group = redactor.redact(group);
    });
  }

  #warnOfClassifier(failure: unknown): void {
    if (this.#classifierHasThrown) return;
    this.#classifierHasThrown = true;
    this.#log.warn(`the adapter's classifyError threw, core's own rules decide: ${errorMessage(failure)}`);
  }
}
