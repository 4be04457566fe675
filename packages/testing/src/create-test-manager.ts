import { createHash } from 'node:crypto';
import { ApiKeyManager, type ApiKeyInput, type KeyManagerOptions } from '@api-key-fallback/core';
import { checkOptionNames, type ProviderAdapter } from '@api-key-fallback/core/adapter';
import { TestClock } from './test-clock.ts';

/** Options of {@link createTestManager}: the keys, the start of the clock, and those of every key manager but `runtime`. */
export interface TestManagerOptions extends Omit<KeyManagerOptions, 'runtime'> {
  /** The keys, or the number of made-up ones, from 1 to 100. @default 2 */
  readonly keys?: number | readonly ApiKeyInput[];
  /** The time at which the clock starts, as a date or in ms since the epoch. @default now */
  readonly startAt?: Date | number;
}

const knownOptions: Readonly<Record<keyof TestManagerOptions, true>> = {
  keys: true,
  startAt: true,
  strategy: true,
  pool: true,
  fallbackTo: true,
  limits: true,
  groupLimits: true,
  clientOptions: true,
  retryBudget: true,
  retryOn: true,
  recheckInvalid: true,
  latency: true,
  refresh: true,
  tracer: true,
  store: true,
  logger: true,
  logLevel: true,
  locale: true,
  directory: true,
  environmentName: true,
};
const optionNames = new Set(Object.keys(knownOptions));

/** A key manager with a clock of its own. Create one with {@link createTestManager}. */
export class TestKeyManager<Client = unknown> extends ApiKeyManager<Client> {
  readonly #clock: TestClock;

  constructor(
    adapter: ProviderAdapter<Client>,
    keys: readonly ApiKeyInput[],
    options: KeyManagerOptions,
    clock: TestClock,
  ) {
    super(adapter, keys, { ...options, runtime: clock });
    this.#clock = clock;
    clock.isBusy = () => this.status().keys.some(({ usage }) => usage.inUse > 0);
  }

  /** The time of its clock, in ms since the epoch. */
  now(): number {
    return this.#clock.now();
  }

  /**
   * Moves its clock: cooldowns end, and time limits of running attempts are reached. Resolves when what was due has happened.
   * Handle the rejection of a call that can fail before you move the clock: `const refused = expect(call).rejects.toThrow()`.
   *
   * @throws TypeError unless `ms` is a finite number from 0.
   */
  async advance(ms: number): Promise<void> {
    if (!Number.isFinite(ms) || ms < 0) {
      throw new TypeError('advance() takes a number of milliseconds from 0, for example 60_000.');
    }
    await this.#clock.advance(ms);
  }
}

/**
 * Creates a key manager for tests of your own code: made-up keys, no log, no retry budget, no store, and a clock of its own. Pauses
 * and waits for a key end at once and move the clock; `advance()` moves it too.
 *
 * @throws NoApiKeysError for an empty list of keys; InvalidOptionsError for an invalid option; TypeError for an invalid `adapter`, `keys`
 * or `startAt`.
 * @example
 * const keys = createTestManager(openaiAdapter, { keys: 3 });
 * registry.register(keys, { replace: true });
 */
export function createTestManager<Client>(
  adapter: ProviderAdapter<Client>,
  options: TestManagerOptions = {},
): TestKeyManager<Client> {
  checkIsAdapter(adapter);
  checkOptionNames('options', options, optionNames, '{ keys: 3 }');
  const { keys = 2, startAt = Date.now(), ...rest } = options;
  const defaults = { logger: false, retryBudget: false, store: false } as const;
  const clock = new TestClock(timeOf(startAt));
  const list = typeof keys === 'object' ? keys : makeUpKeys(adapter.name, keys);
  return new TestKeyManager(adapter, list, { ...defaults, ...rest }, clock);
}

function checkIsAdapter(adapter: unknown): void {
  const isAdapter = typeof adapter === 'object' && adapter !== null && 'classifyError' in adapter;
  if (isAdapter) return;
  throw new TypeError(
    'createTestManager() expects the adapter of a provider, for example openaiAdapter of @api-key-fallback/openai.',
  );
}

function timeOf(startAt: Date | number): number {
  const time = startAt instanceof Date ? startAt.getTime() : startAt;
  if (Number.isFinite(time)) return time;
  throw new TypeError('"startAt" must be a Date or a time in ms since the epoch.');
}

/** The same in each run, so that masked keys can be in snapshots; without words, because parts of keys are redacted in texts. */
function makeUpKeys(provider: string, count: number): string[] {
  if (!Number.isInteger(count) || count < 1 || count > 100) {
    throw new TypeError('"keys" must be a number from 1 to 100, or a list of keys.');
  }
  return Array.from({ length: count }, (_, index) =>
    createHash('sha256').update(`${provider} ${index}`).digest('hex').slice(0, 32),
  );
}
