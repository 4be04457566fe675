import type { ApiKeyManager } from '@api-key-fallback/core';
import { errorMessage, type FullRuntime } from '@api-key-fallback/core/adapter';
import type { Alert } from '../model/alert.ts';
import type { Deliverer } from '../model/deliverer.ts';
import type { MutedAlert, PendingAlert } from '../model/waiting-alert.ts';
import { countKeys } from '../rules/key-counts.ts';
import type { Rule } from '../rules/rule.ts';
import { Alarm } from './alarm.ts';
import { AlertGroup, type GroupOptions } from './alert-group.ts';
import { FailoverCounts } from './failover-counts.ts';
import { momentOf, type Moment } from './moment.ts';
import { RuleRunner } from './rule-runner.ts';
import type { Sender } from './sender.ts';
import type { TrackedAlert } from './tracked-alert.ts';
import { mutedAlerts, pendingAlerts } from './waiting-alerts.ts';
import { WatchedManagers } from './watched-managers.ts';

/** What the engine works with. */
export interface EngineOptions {
  /** The managers to watch; all of the registry if absent. */
  readonly managers: readonly ApiKeyManager[] | undefined;
  readonly rules: readonly Rule[];
  readonly group: GroupOptions;
  readonly runtime: FullRuntime;
  readonly deliverer: Deliverer;
  /** Makes the sender of a provider's messages. */
  readonly createSender: (provider: string) => Sender;
  readonly warn: (text: string) => void;
}

const lookEveryMs = 15_000;
/** A storm of events is not a storm of looks. */
const shortestGapMs = 1000;

/** Looks at the status of key managers, after events and on a timer, and sends what people have to know. */
export class AlertEngine {
  readonly #options: EngineOptions;
  readonly #watched: WatchedManagers;
  readonly #alarm: Alarm;
  readonly #runner: RuleRunner;
  readonly #failovers = new FailoverCounts();
  readonly #groups = new Map<string, AlertGroup>();
  /** Pools that have changed since the last look. */
  #changed = new Set<string>();
  #lastLookMs = -Infinity;
  /** When all pools are looked at next. */
  #nextFullMs = -Infinity;
  readonly #failing = new WeakSet<object>();

  constructor(options: EngineOptions) {
    const { managers, rules, runtime, warn } = options;
    this.#options = options;
    this.#runner = new RuleRunner(warn);
    this.#alarm = new Alarm(runtime, () => this.#look());
    this.#watched = new WatchedManagers(managers);
    this.#watched.onChange((origin) => {
      this.#changed.add(poolIdOf(origin));
      this.#wake();
    });
    if (rules.some(({ name }) => name === 'failover.rate')) {
      this.#watched.onFailover((origin) => this.#failovers.add(origin, runtime.steadyNow()));
    }
    this.#wake();
  }

  /** The alerts that fire. */
  get firing(): readonly Alert[] {
    return [...this.#groups.values()].flatMap(({ firing }) => firing);
  }

  /** The alerts that are wrong, but do not fire yet. */
  get pending(): readonly PendingAlert[] {
    return pendingAlerts(this.#tracked, momentOf(this.#options.runtime));
  }

  /** The alerts that fire, but that a worse one makes obvious. */
  get muted(): readonly MutedAlert[] {
    return mutedAlerts(this.#tracked);
  }

  get #tracked(): readonly TrackedAlert[] {
    return [...this.#groups.values()].flatMap(({ tracked }) => tracked);
  }

  /** Ends all timers and listeners. */
  stop(): void {
    this.#watched.stop();
    this.#alarm.close();
  }

  /** Lets other processes send. What is sent after that is not kept. */
  async close(): Promise<void> {
    const groups = [...this.#groups.values()];
    this.#groups.clear();
    await Promise.all(groups.map((group) => group.close()));
  }

  #wake(): void {
    this.#alarm.set(this.#lastLookMs + shortestGapMs);
  }

  #look(): void {
    const now = momentOf(this.#options.runtime);
    this.#lastLookMs = now.steadyMs;
    const isFull = now.steadyMs >= this.#nextFullMs;
    if (isFull) this.#nextFullMs = now.steadyMs + lookEveryMs;
    this.#alarm.set(this.#nextFullMs);
    const changed = this.#changed;
    this.#changed = new Set();
    const watched = new Map<string, Set<string>>();
    for (const manager of this.#watched.current) {
      const { provider, pool } = manager;
      watched.set(provider, (watched.get(provider) ?? new Set()).add(pool));
      const isDue = isFull || changed.has(poolIdOf(manager)) || this.#groups.get(provider)?.tracks(pool) === true;
      if (isDue) this.#attempt(manager, () => this.#lookAt(manager, now));
    }
    for (const [provider, group] of this.#groups) {
      this.#attempt(group, () => this.#finish(provider, group, watched.get(provider), now));
    }
    this.#failovers.keep(watched);
    this.#runner.keep(watched);
  }

  #lookAt(manager: ApiKeyManager, now: Moment): void {
    const status = manager.status();
    const { provider, pool } = status;
    const failovers = (windowMs: number) => this.#failovers.within({ provider, pool }, windowMs, now.steadyMs);
    const counts = countKeys(status, now.epochMs);
    const { rules } = this.#options;
    const context = { rules, runner: this.#runner, nowMs: now.epochMs, counts, failovers };
    this.#groupOf(provider, now).look(status, context, now);
  }

  #finish(provider: string, group: AlertGroup, pools: ReadonlySet<string> | undefined, now: Moment): void {
    group.watch(pools ?? new Set(), now);
    group.send(now);
    this.#alarm.set(group.dueAtMs(now));
    if (pools || !group.isEmpty) return;
    this.#groups.delete(provider);
    void group.close();
  }

  /** What fails for one manager or group does not stop the others. It is logged until it works again. */
  #attempt(what: object, run: () => void): void {
    try {
      run();
      this.#failing.delete(what);
    } catch (error) {
      if (!this.#failing.has(what)) this.#options.warn(`Not all keys can be watched: ${errorMessage(error)}`);
      this.#failing.add(what);
    }
  }

  #groupOf(provider: string, now: Moment): AlertGroup {
    const known = this.#groups.get(provider);
    if (known) return known;
    const { group: options, createSender, warn, runtime } = this.#options;
    const sender = createSender(provider);
    const deliverer: Deliverer = { deliver: (...message) => this.#deliver(message, sender) };
    const context = { deliverer, warn, now: () => momentOf(runtime), wake: () => this.#wake() };
    const group = new AlertGroup(provider, options, sender, context, now);
    this.#groups.set(provider, group);
    return group;
  }

  /** When no channel works, the channels of another process may. */
  async #deliver(message: Parameters<Deliverer['deliver']>, sender: Sender): Promise<boolean> {
    const isDelivered = await this.#options.deliverer.deliver(...message);
    if (!isDelivered) sender.standBack();
    return isDelivered;
  }
}

/** Identifies a pool among those of all providers. */
function poolIdOf({ provider, pool }: { readonly provider: string; readonly pool: string }): string {
  return `${provider}\0${pool}`;
}
