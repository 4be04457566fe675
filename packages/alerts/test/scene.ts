import {
  ApiKeyManager,
  customProvider,
  KeyFailedError,
  type ApiKeyInput,
  type KeyFailure,
  type KeyManagerOptions,
} from '@api-key-fallback/core';
import { defineAdapter } from '@api-key-fallback/core/adapter';
import {
  watchKeys,
  type AlertWatch,
  type BuiltInRules,
  type Notification,
  type WatchKeysOptions,
} from '@api-key-fallback/alerts';
import { onTestFinished } from 'vitest';
import { FakeClock } from '../../../test-support/fake-clock.ts';

export const secondMs = 1000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;

export const acme = customProvider('acme');

const acmeAdapter = defineAdapter({
  name: acme,
  displayName: 'Acme',
  env: 'ACME_API_KEY',
  timeZone: 'America/Sao_Paulo',
  classifyError: () => undefined,
});

const otherAdapter = defineAdapter({
  name: customProvider('other'),
  displayName: 'Other',
  env: 'OTHER_API_KEY',
  classifyError: () => undefined,
});

const quiet = { logger: false, retryBudget: false, store: false } as const;

/** How a key fails, and for how long it is out after that. */
export interface KeyOutcome {
  readonly kind: KeyFailure;
  readonly retryAfterMs?: number;
  readonly recheckAfterMs?: number;
}

export const refused: KeyOutcome = { kind: 'invalid-key' };
export const outForAnHour: KeyOutcome = { kind: 'rate-limited', retryAfterMs: hourMs };

/** The key with a label. */
export function keyOf(label: string): string {
  return `${label}-0123456789abcdefghij`;
}

/** A watch on a clock of its own, and the messages that it sends. */
export class Scene {
  readonly clock: FakeClock;
  readonly sent: Notification[] = [];
  readonly logged: string[] = [];
  readonly #startMs: number;

  constructor(start = '2026-03-02T12:00:00Z') {
    this.clock = new FakeClock(start);
    this.#startMs = this.clock.now();
  }

  /** A manager of keys with these labels. */
  manager(labels: readonly string[], options: KeyManagerOptions = {}): ApiKeyManager {
    const keys = labels.map((label): ApiKeyInput => ({ key: keyOf(label), label }));
    const manager = new ApiKeyManager(acmeAdapter, keys, { ...quiet, ...options, runtime: this.clock });
    onTestFinished(() => manager.close());
    return manager;
  }

  /** A manager of another provider. */
  otherManager(labels: readonly string[]): ApiKeyManager {
    const keys = labels.map((label): ApiKeyInput => ({ key: keyOf(label), label }));
    const manager = new ApiKeyManager(otherAdapter, keys, { ...quiet, runtime: this.clock });
    onTestFinished(() => manager.close());
    return manager;
  }

  /** A manager whose keys come from this function each minute. */
  sourced(load: () => readonly string[]): ApiKeyManager {
    const options = { ...quiet, refresh: { everyMs: minuteMs } };
    const keys = () => load().map((label) => ({ key: keyOf(label), label }));
    const manager = new ApiKeyManager(acmeAdapter, keys, { ...options, runtime: this.clock });
    onTestFinished(() => manager.close());
    return manager;
  }

  /** Watches the managers with a function as the channel. */
  watch(managers: readonly ApiKeyManager[] | undefined, options: Partial<WatchKeysOptions> = {}): AlertWatch {
    const warn = (line: string) => this.logged.push(line);
    const watch = watchKeys({
      channels: [(notification) => this.sent.push(notification)],
      ...(managers ? { managers } : {}),
      runtime: this.clock,
      logger: { debug: warn, info: warn, warn, error: warn },
      ...options,
    });
    onTestFinished(async () => {
      const closed = watch.close();
      // A message that cannot be delivered has five seconds.
      await this.clock.advance(5 * secondMs);
      await closed;
    });
    return watch;
  }

  /** The lines of what was sent since the last time. */
  take(): string[] {
    return this.lines(this.sent.splice(0));
  }

  /** Each notification as `00:00:25 alert critical: provider.exhausted`. */
  lines(notifications: readonly Notification[]): string[] {
    return notifications.map((notification) => this.#line(notification));
  }

  #line({ kind, severity, alerts, atMs, count }: Notification): string {
    const time = new Date(atMs - this.#startMs).toISOString().slice(11, 19);
    const days = Math.floor((atMs - this.#startMs) / (24 * hourMs));
    const named = alerts.map(({ rule, pool, state, keys }) => {
      const labels = rule === 'key.invalid' ? ` ${keys.map(({ label }) => label).join(' ')}` : '';
      return `${rule}${pool === 'default' ? '' : `@${pool}`}${labels}${state === 'resolved' ? ' resolved' : ''}`;
    });
    const head = `${days === 0 ? '' : `${days}d `}${time} ${kind} ${severity}${count === undefined ? '' : ` x${count}`}`;
    return `${head}: ${named.join(', ')}`;
  }
}

/** Makes a call in which the keys with these labels fail. It may fail too. */
export async function call(manager: ApiKeyManager, failing: Readonly<Record<string, KeyOutcome>> = {}): Promise<void> {
  const made = manager.retryWithFallback(
    (key) => {
      const outcome = failing[key.split('-')[0] ?? ''];
      if (!outcome) return 'answer';
      const { kind, ...options } = outcome;
      throw new KeyFailedError(kind as 'rate-limited', options);
    },
    { maxRetries: 1 },
  );
  await made.catch(() => {});
}

/** All keys are refused for this time. */
export async function exhaust(manager: ApiKeyManager, retryAfterMs: number): Promise<void> {
  const labels = manager.status().keys.map(({ label }) => label);
  await call(manager, Object.fromEntries(labels.map((label) => [label, { kind: 'rate-limited', retryAfterMs }])));
}

/** All keys are healthy again. */
export function heal(manager: ApiKeyManager): void {
  manager.reset();
}

/** The rules that fire after a minute and a half. */
export async function firing(scene: Scene, manager: ApiKeyManager, rules?: BuiltInRules): Promise<unknown[]> {
  const watch = scene.watch([manager], rules ? { rules } : {});
  await scene.clock.advance(90 * secondMs);
  return watch.firing().map(({ rule, severity, values }) => (values ? [rule, severity, values] : [rule, severity]));
}
