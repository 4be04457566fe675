import { AsyncLocalStorage } from 'node:async_hooks';
import { abortable } from '../base/abortable.ts';
import { runInAttempt, type Attempt } from '../base/attempt.ts';
import type { TokenUsage } from '../base/token-usage.ts';
import type { Counts } from '../limits/counts.ts';
import type { HeaderLimits } from '../limits/header-limits.ts';
import { observeResponse } from '../pool/observe-response.ts';
import type { RequestMark } from '../limits/request-window.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { SlotHolder } from '../state/running-slots.ts';
import { AttemptUsage } from './attempt-usage.ts';
import { viewOf } from './attempt-view.ts';
import { callFields } from './call-fields.ts';
import { recordTokens } from './record-tokens.ts';
import type { RunningCall } from './running-call.ts';
import type { AttemptTimeout } from './timeouts.ts';
import { traceOfAttempt, type AttemptTrace } from './trace.ts';

/** What each attempt runs. */
export type Invoke<T> = (attempt: RunningAttempt) => T | PromiseLike<T>;

/** The loop's record of one attempt. Methods see only its frozen `view`. */
export class RunningAttempt implements SlotHolder {
  readonly call: RunningCall;
  readonly key: PooledKey;
  /** The key, or a client bound to it. */
  readonly injected: unknown;
  /** The number of the attempt on its key, from 1. */
  readonly attemptNumber: number;
  /** The revision of the pool's health at the start. The outcome applies only to what has not changed since. */
  readonly revision: number;
  readonly timeout: AttemptTimeout | undefined;
  /** When the attempt started, by the steady clock. */
  readonly startedAtMs: number;
  /** The counts of the key's requests when the attempt started. */
  readonly start: RequestMark;
  readonly view: Attempt;
  /** Whether the key is known to have served it. */
  isServed = false;
  hasEnded = false;
  aliveAtMs = 0;
  isRenewed = false;
  holdsSlot = false;
  previous: SlotHolder | undefined;
  next: SlotHolder | undefined;
  /** The tokens that it takes; `undefined` while nothing counts them and the method states none. */
  usage: AttemptUsage | undefined;
  /** `undefined` until it starts, and if nothing traces its call. */
  trace: AttemptTrace | undefined;
  /** What it is counted in against limits. */
  readonly counted: readonly Counts[] | undefined;
  /** What waits for its response to state limits: of the key, and of its group. */
  readonly #headers: HeaderLimits;
  readonly #headersOfGroup: HeaderLimits | undefined;
  #isAnswered = false;
  #inContext: (<T>(run: () => T) => T) | undefined;
  #signal: AbortSignal | undefined;

  constructor(call: RunningCall, key: PooledKey, injected: unknown) {
    this.call = call;
    this.key = key;
    this.injected = injected;
    this.attemptNumber = call.countAttempt();
    this.revision = call.plan.pool.health.revision;
    this.timeout = call.timeouts?.startAttempt();
    const { pool } = call.plan;
    this.start = pool.traffic.onStart(key, pool.clock.now());
    const { counts, headers } = pool.traffic.of(key);
    this.counted = counts ? pool.limits.countsOf(key, call.draw) : undefined;
    this.#headers = headers;
    this.#headersOfGroup = pool.traffic.headers.ofGroup(key);
    this.#changeUnanswered(1);
    if (this.counted) this.#beginCounting(this.counted);
    if (this.#countsTokens()) this.usage = this.#newUsage();
    this.startedAtMs = pool.clock.toSteady(this.start.startedAtMs);
    call.startAt(this.startedAtMs);
    this.view = viewOf(this);
  }

  /** The time in ms since it has started. */
  get durationMs(): number {
    return this.call.plan.pool.runtime.steadyNow() - this.startedAtMs;
  }

  get bucket(): string {
    return this.call.plan.bucket;
  }

  get signal(): AbortSignal {
    return (this.#signal ??= this.timeout?.signal ?? this.call.plan.settings.signal ?? new AbortController().signal);
  }

  /** Whether the caller or a timeout has aborted the attempt. */
  get isAborted(): boolean {
    return this.timeout?.exceeded !== undefined || this.call.plan.settings.signal?.aborted === true;
  }

  /** Settles like `value`, or rejects when the caller aborts or a timeout ends the attempt. */
  unlessAborted<T>(value: T | PromiseLike<T>): Promise<T> {
    return this.timeout?.unlessAborted(value) ?? abortable(value, this.call.plan.settings.signal);
  }

  /** Starts the trace of the attempt, if its call is traced. */
  startTrace(): AttemptTrace | undefined {
    const { call, key, attemptNumber, bucket } = this;
    if (!call.trace) return undefined;
    const { maxRetries } = call.plan.settings;
    const about = { ...callFields(call), key: key.ref, attemptNumber, maxRetries, bucket };
    return (this.trace = traceOfAttempt(call.trace.tracers, about));
  }

  /** Keeps the async context, in which tracers have put what they trace the attempt with, for `enter()`. */
  keepContext(): void {
    if (this.trace) this.#inContext = AsyncLocalStorage.snapshot();
  }

  /** Runs something later that is a part of the attempt, such as the request for the next chunk of its stream. */
  enter<T>(run: () => T): T {
    return this.#inContext ? this.#inContext(run) : runInAttempt(this.view, run);
  }

  /** Adds tokens that the method states. */
  spend(usage: TokenUsage): void {
    this.usage ??= this.#newUsage();
    this.usage.spend(usage);
  }

  #beginCounting(counted: readonly Counts[]): void {
    const { pool, draw } = this.call.plan;
    this.call.claims.unreserve();
    pool.limits.begin(counted, draw, this.start.startedAtMs);
  }

  /** Whether the answers are read for their tokens. */
  #countsTokens(): boolean {
    const { trace, plan } = this.call;
    return trace?.countsTokens === true || (this.counted !== undefined && plan.pool.limits.countsTokens(this.counted));
  }

  #newUsage(): AttemptUsage {
    const { pool, draw } = this.call.plan;
    const began = pool.limits.beganAt(this.start.startedAtMs);
    return new AttemptUsage(draw.tokens, pool.adapter.usageReader, (difference) => {
      recordTokens(this, difference, began);
    });
  }

  observe<R>(response: R): R {
    const { pool, settings } = this.call.plan;
    this.endWaitForHeaders();
    const request = { operation: settings.operation, sequence: this.start.sequence };
    const observed = observeResponse(pool, this.key, response, request);
    return this.usage ? this.usage.watch(observed) : observed;
  }

  /** The provider has counted the request, or never will. */
  endWaitForHeaders(): void {
    if (!this.#isAnswered) this.#changeUnanswered(-1);
    this.#isAnswered = true;
  }

  #changeUnanswered(by: 1 | -1): void {
    this.#headers.unanswered += by;
    if (this.#headersOfGroup) this.#headersOfGroup.unanswered += by;
  }
}
