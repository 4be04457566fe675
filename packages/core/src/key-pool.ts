import { checkApiKeys, looksReal, type ApiKeyInput } from './api-key-list.ts';
import { classifyError } from './error-classification.ts';
import { errorMessage } from './error-message.ts';
import { InvalidOptionsError, NoApiKeysError } from './errors.ts';
import { createEnvironment, type Environment } from './environment.ts';
import { EventHub } from './event-hub.ts';
import { EventLog, type LogOptions } from './event-log.ts';
import type { HealthView, Transition } from './key-health.ts';
import { isUsable, KeySelection, type KeyStrategy } from './key-selection.ts';
import { PooledKey } from './pooled-key.ts';
import type { ErrorVerdict, ProviderAdapter } from './provider-adapter.ts';
import { redactor } from './redaction.ts';
import type { RunningAttempt } from './running-attempt.ts';

export interface KeyManagerOptions extends LogOptions {
  /** Which of the equally healthy keys a call takes first. @default 'in-order' */
  readonly strategy?: KeyStrategy;
  /** Options for the clients that `inject: 'client'` hands out, passed to the adapter's `createClient`. */
  readonly clientOptions?: object;
  /** Replaces the clock, the pause and the random source, for tests. */
  readonly environment?: Partial<Environment>;
}

/** The keys of one provider, what is known of them, and the bookkeeping of attempts; the loop works on this. */
export class KeyPool<Client = unknown> {
  readonly adapter: ProviderAdapter<Client>;
  readonly provider: string;
  readonly keys: readonly PooledKey[];
  readonly environment: Environment;
  readonly events: EventHub;
  readonly #selection: KeySelection;
  readonly #clientOptions: object | undefined;
  readonly #log: EventLog;
  #classifierHasThrown = false;
  readonly #clients = new Map<PooledKey, Client | Promise<Client>>();

  constructor(adapter: ProviderAdapter<Client>, inputs: readonly ApiKeyInput[], options: KeyManagerOptions) {
    const { strategy = 'in-order', clientOptions, environment } = options;
    const log = new EventLog(adapter.displayName, options);
    this.#log = log;
    this.adapter = adapter;
    this.provider = adapter.name;
    this.environment = createEnvironment(environment);
    this.events = new EventHub(log);
    this.#selection = new KeySelection(strategy);
    this.#clientOptions = clientOptions;
    const listed = checkApiKeys(inputs, (text) => log.warn(text));
    if (listed.length === 0) {
      throw new NoApiKeysError(
        `No API key for "${adapter.name}": the list is empty. Set ${adapter.env} or pass the keys.`,
      );
    }
    this.keys = listed.map(({ key, label, group }, index) => {
      redactor.add(key);
      if (!looksReal(key, adapter.keyPattern)) log.warn(`${label} does not look like a key of ${adapter.displayName}`);
      const name = { position: index + 1, total: listed.length, label: redactor.redact(label) };
      return new PooledKey(adapter.name, key, name, group);
    });
  }

  /** The key that the next call would take first. */
  peek(): PooledKey | undefined {
    return this.#selection.peek(this.keys, undefined, this.environment.now());
  }

  take(used: ReadonlySet<PooledKey> | undefined): PooledKey | undefined {
    return this.#selection.take(this.keys, used, this.environment.now());
  }

  isUsable(key: PooledKey): boolean {
    return isUsable(key, this.environment.now());
  }

  find(secret: string): PooledKey | undefined {
    return this.keys.find((key) => key.secret === secret);
  }

  /** The key's client, made at first use. */
  client(key: PooledKey): Client | Promise<Client> {
    const existing = this.#clients.get(key);
    if (existing !== undefined) return existing;
    if (!this.adapter.createClient) {
      throw new InvalidOptionsError(`The adapter of "${this.provider}" makes no clients; use { inject: 'key' }.`);
    }
    const created = this.adapter.createClient(key.secret, this.#clientOptions);
    this.#clients.set(key, created);
    if (created instanceof Promise) {
      created.then(
        (client) => this.#clients.set(key, client),
        () => this.#clients.delete(key),
      );
    }
    return created;
  }

  existingClient(secret: string): Client | Promise<Client> | undefined {
    const key = this.find(secret);
    return key && this.#clients.get(key);
  }

  /** Whether a value is one of the keys or clients. */
  owns(value: unknown): boolean {
    if (typeof value === 'string') return this.find(value) !== undefined;
    const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
    return isObject && [...this.#clients.values()].includes(value as Client);
  }

  begin({ key, number }: RunningAttempt, maxRetries: number, isFirst: boolean): void {
    key.usage.attempts++;
    key.usage.inUse++;
    key.usage.lastUsedAtMs = this.environment.now();
    const { provider } = this;
    this.events.tell('attempt.started', () => ({ provider, key: key.name, attempt: number, maxRetries, isFirst }));
  }

  succeed({ key, startedFrom }: RunningAttempt): void {
    key.usage.inUse--;
    key.usage.successes++;
    this.#tellTransition(key, key.health.succeed(startedFrom), '');
    this.events.tell('call.succeeded', () => ({ provider: this.provider, key: key.name }));
  }

  /** Ends an attempt that the caller's abort made meaningless. */
  abandon({ key }: RunningAttempt): void {
    key.usage.inUse--;
  }

  judge(error: unknown, operation: string | undefined): ErrorVerdict {
    const context = { now: this.environment.now(), ...(operation === undefined ? {} : { operation }) };
    const verdict = classifyError(this.adapter, error, context, (failure) => this.#warnOfClassifier(failure));
    return { ...verdict, reason: redactor.redact(verdict.reason) };
  }

  fail(
    { key, number }: RunningAttempt,
    verdict: ErrorVerdict,
    error: unknown,
    maxRetries: number,
    delayMs?: number,
  ): void {
    key.usage.inUse--;
    key.usage.failures[verdict.kind]++;
    this.events.tell('attempt.failed', () => ({
      provider: this.provider,
      key: key.name,
      attempt: number,
      maxRetries,
      verdict: verdict.kind,
      reason: verdict.reason,
      message: errorMessage(error),
      ...(delayMs === undefined ? {} : { delayMs }),
    }));
  }

  /** Lets a verdict count for the key's health. */
  strike(key: PooledKey, verdict: ErrorVerdict, startedFrom: HealthView): void {
    const transition = key.health.fail(verdict, startedFrom, this.environment.now());
    this.#tellTransition(key, transition, verdict.reason);
  }

  disable(key: PooledKey): void {
    this.#tellTransition(key, key.health.disable(), 'operator');
  }

  reset(key: PooledKey): void {
    this.#tellTransition(key, key.health.reset(this.environment.now()), '');
  }

  close(): void {
    this.events.removeListeners();
    this.#clients.clear();
  }

  #warnOfClassifier(failure: unknown): void {
    if (this.#classifierHasThrown) return;
    this.#classifierHasThrown = true;
    this.#log.warn(`the adapter's classifyError threw, core's own rules decide: ${errorMessage(failure)}`);
  }

  #tellTransition({ name: key, health }: PooledKey, transition: Transition | undefined, reason: string): void {
    if (!transition) return;
    const { provider, events } = this;
    const { record, suspectUntilMs } = health.view;
    const { untilMs } = record;
    if (transition === 'recovered') events.tell('key.recovered', () => ({ provider, key }));
    if (transition === 'suspected')
      events.tell('key.suspected', () => ({ provider, key, reason, untilMs: suspectUntilMs }));
    if (transition === 'cooled-down') events.tell('key.cooled-down', () => ({ provider, key, reason, untilMs }));
    if (transition === 'disabled') {
      const recheck = record.disabled ? {} : { untilMs };
      events.tell('key.disabled', () => ({ provider, key, reason, ...recheck }));
    }
  }
}

const slot = Symbol.for('@api-key-fallback/core/pool@1');

/** Lets {@link poolOf} find the pool of a key manager, also of one made by another copy of this package. */
export function attachPool(manager: object, pool: KeyPool): void {
  Object.defineProperty(manager, slot, { value: pool });
}

/** The pool behind a key manager. @throws InvalidOptionsError for anything else. */
export function poolOf(manager: unknown): KeyPool {
  const pool = typeof manager === 'object' && manager !== null ? (manager as { [slot]?: KeyPool })[slot] : undefined;
  if (pool) return pool;
  throw new InvalidOptionsError('This takes an ApiKeyManager.');
}
