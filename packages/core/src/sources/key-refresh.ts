import { abortable, longestTimerMs, startTimeout } from '../base/abortable.ts';
import { errorMessage } from '../base/error-message.ts';
import { ApiKeyFallbackError, NoApiKeysError } from '../base/errors.ts';
import { safeCopy } from '../base/safe-copy.ts';
import { redactor } from '../base/redaction.ts';
import { safely } from '../base/safely.ts';
import { causeChain } from '../http/cause-chain.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import type { PoolSource, SourceStatus } from '../pool/pool-source.ts';
import type { RefreshOptions } from '../pool/key-manager-options.ts';
import { asLoadedKeys, type KeySource, type LoadedKeys, type LoadReason } from './key-source.ts';

const firstBackoffMs = 1000;
const longestMarginMs = 300_000;
const marginOfLife = 0.2;

/**
 * Keeps the list of a pool in step with its source.
 *
 * The first load is one for all calls that wait for it. Later ones run behind the calls: the old keys serve, also when a load fails.
 * Timers only start loads early; after a suspended process the age decides at the next call.
 */
export class KeyRefresh implements PoolSource {
  readonly #pool: KeyPool;
  readonly #source: KeySource;
  readonly #settings: Required<RefreshOptions>;
  /** The revision of the list before the first load. */
  readonly #emptyRevision: number;
  /** The revision of the list when it was last looked at. */
  #revision: number;
  #running: Promise<void> | undefined;
  #abortLoad: ((reason: unknown) => void) | undefined;
  /** Whether a change was reported while a load ran, which may have read the keys before. */
  #hasChanged = false;
  #version: string | undefined;
  /** The revision of the list that the last answer has made. */
  #takenRevision = -1;
  /** When a load last succeeded; when the last good list was loaded or set, a load last started, and the next one is due; by the steady clock. */
  #succeededAtMs = -Infinity;
  #loadedAtMs = -Infinity;
  #startedAtMs = -Infinity;
  #dueAtMs = -Infinity;
  #dueReason: LoadReason = 'interval';
  /** When the keys of the last good answer expire, in ms since the epoch. */
  #expiresAtMs = Infinity;
  #failures = 0;
  #error: unknown;
  #cancelTimer: (() => void) | undefined;
  #stopWatching: (() => void) | undefined;
  #isClosed = false;

  constructor(pool: KeyPool, source: KeySource, settings: Required<RefreshOptions>) {
    this.#pool = pool;
    this.#source = source;
    this.#settings = settings;
    this.#emptyRevision = this.#revision = pool.list.revision;
    void this.#watch();
  }

  /** Whether calls can go on with the keys that there are. Starts a load that is due. */
  isReady(): boolean {
    if (!this.#isLoaded) return false;
    const now = this.#pool.runtime.steadyNow();
    this.#noteList(now);
    if (now >= this.#dueAtMs && !this.#isClosed) void this.#load(this.#dueReason);
    const { maxStaleMs } = this.#settings;
    return maxStaleMs === Infinity || now - this.#loadedAtMs < maxStaleMs;
  }

  /** Resolves when there are keys. @throws ApiKeyFallbackError (`KEY_SOURCE_FAILED`) when they cannot be loaded */
  async ready(): Promise<void> {
    if (this.isReady()) return;
    const isTooSoon = this.#failures > 0 && this.#isWithinGap();
    if (this.#running || !isTooSoon) await this.#load('start');
    if (!this.isReady()) throw this.#failure();
  }

  /** The load that a refused key asks for, one for all; `undefined` if the last one is too recent. */
  afterInvalidKey(): Promise<void> | undefined {
    if (!this.#settings.onInvalidKey || this.#isClosed) return undefined;
    return this.#running || !this.#isWithinGap() ? this.#load('invalid-key') : undefined;
  }

  /** Asks the source now. @throws ApiKeyFallbackError (`KEY_SOURCE_FAILED`) when the load fails */
  async refresh(): Promise<void> {
    const failures = this.#failures;
    await this.#load('manual');
    if (this.#isClosed || this.#failures > failures) throw this.#failure();
  }

  get status(): SourceStatus {
    const { runtime } = this.#pool;
    const aheadMs = runtime.now() - runtime.steadyNow();
    const [attempt, success] = [this.#startedAtMs, this.#succeededAtMs];
    return Object.freeze({
      name: this.#name,
      ...(attempt === -Infinity ? {} : { lastAttemptAtMs: Math.round(attempt + aheadMs) }),
      ...(success === -Infinity ? {} : { lastSuccessAtMs: Math.round(success + aheadMs) }),
      ...(this.#expiresAtMs === Infinity ? {} : { expiresAtMs: this.#expiresAtMs }),
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelTimer?.();
    this.#abortLoad?.(new Error('The manager is closed.'));
    if (this.#stopWatching) safely(this.#stopWatching);
  }

  get #isLoaded(): boolean {
    return this.#pool.list.revision > this.#emptyRevision;
  }

  /** A list that the application has set counts as loaded. */
  #noteList(now: number): void {
    const { revision } = this.#pool.list;
    if (revision === this.#revision) return;
    this.#revision = revision;
    this.#loadedAtMs = now;
  }

  #isWithinGap(): boolean {
    return this.#pool.runtime.steadyNow() - this.#startedAtMs < this.#settings.minGapMs;
  }

  /** Never rejects. */
  #load(reason: LoadReason): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return (this.#running ??= this.#loadOnce(reason).finally(() => {
      this.#running = undefined;
      this.#noteChange();
      this.#schedule();
    }));
  }

  async #loadOnce(reason: LoadReason): Promise<void> {
    const { runtime, list } = this.#pool;
    this.#startedAtMs = runtime.steadyNow();
    try {
      let { revision } = list;
      let answer = await this.#ask(reason);
      // Keys that were added or removed meanwhile: the source can know of that by now.
      if (list.revision !== revision && list.setRevision <= revision) {
        ({ revision } = list);
        answer = await this.#ask(reason);
      }
      if (this.#isClosed) return;
      const { keys, expiresAtMs = Infinity, version } = answer;
      const isNews = version === undefined || version !== this.#version || revision !== this.#takenRevision;
      // A list that was set by hand meanwhile is newer than the answer.
      if (list.revision === revision && isNews) {
        this.#pool.replace(list.set(keys, this.#settings.allowEmpty), reason, this.#name);
        this.#version = version;
        this.#takenRevision = list.revision;
      }
      this.#onSuccess(expiresAtMs);
    } catch (error) {
      if (!this.#isClosed) this.#onFailure(error);
    }
  }

  async #ask(reason: LoadReason): Promise<LoadedKeys> {
    const { signal, abort, cancel } = startTimeout(this.#pool.runtime, this.#settings.timeoutMs);
    this.#abortLoad = abort;
    const load = async () => asLoadedKeys(await this.#source.load({ signal, reason }));
    try {
      return await abortable(load(), signal);
    } finally {
      cancel();
    }
  }

  #onChange(): void {
    if (this.#running) this.#hasChanged = true;
    else void this.#load('changed');
  }

  /** Makes one more load due, after a pause: a load may itself be what causes the changes. */
  #noteChange(): void {
    if (!this.#hasChanged) return;
    this.#hasChanged = false;
    this.#dueReason = 'changed';
    this.#dueAtMs = Math.min(this.#dueAtMs, this.#pool.runtime.steadyNow() + firstBackoffMs);
  }

  #onSuccess(expiresAtMs: number): void {
    this.#expiresAtMs = expiresAtMs;
    const { runtime, origin, events } = this.#pool;
    const { everyMs, jitter } = this.#settings;
    const now = runtime.steadyNow();
    if (this.#failures > 0) events.emit('keys.refreshed', () => ({ ...origin, source: this.#name }));
    this.#failures = 0;
    this.#error = undefined;
    this.#noteList(now);
    this.#loadedAtMs = this.#succeededAtMs = now;
    const lifeMs = expiresAtMs - runtime.now();
    const untilExpiryMs = Math.max(firstBackoffMs, lifeMs - Math.min(longestMarginMs, marginOfLife * lifeMs));
    const intervalMs = everyMs * (1 - jitter * runtime.random());
    this.#dueReason = untilExpiryMs < intervalMs ? 'expiry' : 'interval';
    this.#dueAtMs = now + Math.min(intervalMs, untilExpiryMs);
  }

  #onFailure(error: unknown): void {
    const { runtime, origin, events, keys } = this.#pool;
    this.#failures++;
    this.#error = error;
    const backoffMs = firstBackoffMs * 2 ** Math.min(this.#failures - 1, 20);
    this.#dueAtMs = runtime.steadyNow() + Math.min(backoffMs, this.#settings.everyMs);
    if (this.#failures > 1) return;
    const failure = () => ({ source: this.#name, message: whyOf(error), keysLeft: keys.length });
    events.emit('keys.refresh-failed', () => ({ ...origin, ...failure() }));
  }

  /** An application can put a key into the name. Keys are redacted once they are known. */
  get #name(): string {
    return redactor.redact(this.#source.name);
  }

  #schedule(): void {
    this.#cancelTimer?.();
    if (this.#isClosed || !this.#isLoaded) return;
    const { runtime } = this.#pool;
    const waitMs = Math.min(Math.max(0, this.#dueAtMs - runtime.steadyNow()), longestTimerMs);
    this.#cancelTimer = runtime.timer(waitMs, () => void this.#load(this.#dueReason), true);
  }

  async #watch(): Promise<void> {
    try {
      const stop = await this.#source.watch?.(() => this.#onChange());
      if (typeof stop !== 'function') return;
      this.#stopWatching = stop;
      if (this.#isClosed) safely(stop);
    } catch {
      // Without a watch, the source is still asked by interval.
    }
  }

  #failure(): ApiKeyFallbackError {
    const error = this.#error;
    const text = `The keys of ${this.#pool.displayName} could not be loaded from ${this.#name}`;
    const why = this.#failures === 0 ? this.#reason : whyOf(error);
    const details = error === undefined || quotesText(error) ? {} : { cause: safeCopy(error) };
    return new ApiKeyFallbackError(`${text}: ${why}`, 'KEY_SOURCE_FAILED', details);
  }

  get #reason(): string {
    return this.#isClosed ? 'the manager is closed.' : 'the last good answer is too old.';
  }
}

function whyOf(error: unknown): string {
  if (quotesText(error)) return 'the answer is not valid JSON.';
  return NoApiKeysError.isInstance(error) ? 'the answer holds no key.' : errorMessage(error);
}

/** Whether an error quotes a part of the answer, which can be a key that is not known yet. `JSON.parse` does. */
function quotesText(error: unknown): boolean {
  return causeChain(error).some((cause) => cause instanceof SyntaxError);
}
