import { longestTimerMs } from '../base/abortable.ts';
import { shown, shownKind } from '../base/check-arguments.ts';
import { checkOptionNames } from '../base/check-option-names.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { checkPoolName } from '../base/provider-name.ts';
import { createRuntime } from '../base/runtime.ts';
import { safely } from '../base/safely.ts';
import type { EventOrigin } from '../events/events.ts';
import { poolOf } from '../pool/pool-of.ts';
import type { ApiKeyManager } from './api-key-manager.ts';

/** Which pools that were made at first use stay open. */
export interface LazyPoolsOptions {
  /** Replaces the factory that was registered before, and keeps its open pools. @default false */
  readonly replace?: boolean;
  /**
   * The most pools that are open at a time, an integer from 1. The one that was not used for the longest time goes first; those used
   * in the last 10 s stay. @default 1000
   */
  readonly max?: number;
  /** The time in ms after which an unused pool is closed. @default 3_600_000 */
  readonly idleMs?: number;
}

interface MadePool {
  readonly manager: ApiKeyManager;
  /** By the steady clock. */
  readonly usedAtMs: number;
}

const optionNames = new Set(['replace', 'max', 'idleMs']);
/** A pool that was used so recently stays even if there are too many: to make it again would load its keys again. */
const recentMs = 10_000;
const runtime = createRuntime();

/** The pools of a provider that are made at first use, and closed when they are idle or too many. */
export class LazyPools {
  readonly #provider: string;
  readonly #create: (pool: string) => ApiKeyManager | undefined;
  readonly #max: number;
  readonly #idleMs: number;
  /** Called when a pool was opened or closed. */
  readonly #onChange: () => void;
  /** The pool that was not used for the longest time comes first. */
  readonly #made = new Map<string, MadePool>();
  #cancelTimer: (() => void) | undefined;

  constructor(
    provider: string,
    create: (pool: string) => ApiKeyManager | undefined,
    options: LazyPoolsOptions,
    onChange: () => void,
  ) {
    checkOptionNames('options', options, optionNames, '{ max: 1000 }');
    const { max = 1000, idleMs = 3_600_000 } = options;
    if (!Number.isSafeInteger(max) || max < 1) {
      throw new InvalidOptionsError(`"max" must be an integer from 1; it is ${shown(max)}.`);
    }
    if (!(typeof idleMs === 'number' && idleMs > 0)) {
      throw new InvalidOptionsError(`"idleMs" must be a time in ms above 0; it is ${shown(idleMs)}.`);
    }
    this.#provider = provider;
    this.#create = create;
    this.#max = max;
    this.#idleMs = idleMs;
    this.#onChange = onChange;
  }

  /** The names of the open pools. */
  get names(): string[] {
    return [...this.#made.keys()];
  }

  /** The managers of the open pools. */
  get managers(): ApiKeyManager[] {
    return [...this.#made.values()].map(({ manager }) => manager);
  }

  /** Returns the manager of a pool, and creates it at first use. Returns `undefined` if the pool does not exist. */
  get(name: string): ApiKeyManager | undefined {
    const known = this.#made.get(name);
    const manager = known?.manager ?? this.#make(name);
    if (!manager) return undefined;
    this.#made.delete(name);
    this.#made.set(name, { manager, usedAtMs: runtime.steadyNow() });
    if (!known) this.#onChange();
    if (!known) this.#closeIdle();
    return manager;
  }

  /** Removes a pool without closing it. Returns its manager, if there was one. */
  take(name: string): ApiKeyManager | undefined {
    const made = this.#made.get(name);
    this.#made.delete(name);
    return made?.manager;
  }

  /** Removes all pools without closing them. */
  clear(): void {
    this.#made.clear();
    this.#cancelTimer?.();
  }

  /** Keeps the open pools of the factory that was registered before. */
  takeOver(before: LazyPools): void {
    for (const [name, pool] of before.#made) this.#made.set(name, pool);
    before.clear();
    this.#closeIdle();
  }

  #make(name: string): ApiKeyManager | undefined {
    checkPoolName('The name of a pool', name);
    const manager = this.#create(name);
    if (manager === undefined) return undefined;
    if (shownKind(manager).startsWith('a Promise')) {
      throw new InvalidOptionsError(
        'The function of registerPools() must not be async. Pass a function that loads the keys to the manager: ' +
          'new OpenAIKeyManager(() => keysOf(pool), { pool }).',
      );
    }
    checkOrigin('registerPools', poolOf(manager).origin, { provider: this.#provider, pool: name });
    return manager;
  }

  /** Closes pools that are idle or too many. Those with running calls stay. */
  #closeIdle(): void {
    const now = runtime.steadyNow();
    const open = this.#made.size;
    for (const [name, { manager, usedAtMs }] of this.#made) {
      const unusedMs = now - usedAtMs;
      const isTooMany = this.#made.size > this.#max && unusedMs >= recentMs;
      if (unusedMs < this.#idleMs && !isTooMany) break;
      this.#made.delete(name);
      if (poolOf(manager).isBusy) this.#made.set(name, { manager, usedAtMs: now });
      else safely(() => manager.close());
    }
    if (this.#made.size < open) this.#onChange();
    const [oldest] = this.#made.values();
    const keptMs = this.#made.size > this.#max ? Math.min(recentMs, this.#idleMs) : this.#idleMs;
    if (oldest) this.#checkIn(Math.max(1, oldest.usedAtMs + keptMs - now));
  }

  #checkIn(ms: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = runtime.timer(Math.min(ms, longestTimerMs), () => this.#closeIdle(), true);
  }
}

/** @throws InvalidOptionsError unless a manager is of this provider and pool. */
export function checkOrigin(method: string, made: EventOrigin, expected: EventOrigin): void {
  const { provider, pool } = expected;
  if (made.provider === provider && made.pool === pool) return;
  const wrong = made.provider === provider ? `is in the pool ${shown(made.pool)}` : `is of "${made.provider}"`;
  throw new InvalidOptionsError(
    `${method}() expects a manager of "${provider}" in the pool ${shown(pool)}; this one ${wrong}. Write ` +
      'new OpenAIKeyManager(keys, { pool }), with your class.',
  );
}
