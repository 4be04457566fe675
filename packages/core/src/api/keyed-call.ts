import { inTime } from '../base/abortable.ts';
import { AllKeysFailedError } from '../base/all-keys-failed-error.ts';
import { ApiKeyFallbackError, type ErrorCode } from '../base/errors.ts';
import { CallPlan } from '../call/call-plan.ts';
import { deadlineExceeded } from '../call/exhaustion-errors.ts';
import type { FallbackSettings } from '../call/fallback-settings.ts';
import { runCall } from '../call/run-call.ts';
import type { RunningAttempt } from '../call/running-attempt.ts';
import { ProviderResponseError } from '../http/provider-response-error.ts';
import { RefusedResponse } from '../http/refused-response.ts';
import { cancelBody } from '../http/response-body.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import { FailedResultError } from '../provider/failed-result-error.ts';
import type { ReplayableRequest } from '../http/replayable-request.ts';
import { sendWithKey } from './send-with-key.ts';

// A stream body can be sent only once, so a second attempt is impossible.
const singleAttempt = { maxRetries: 1, onExhausted: 'fail' } as const;
// After these errors the caller gets what a plain `fetch` would return or throw.
const replacedErrorCodes: readonly string[] = ['ALL_KEYS_FAILED', 'BODY_NOT_REPEATABLE'] satisfies ErrorCode[];

/** The checked options of a keyed fetch. */
export interface KeyedCallSettings extends FallbackSettings {
  readonly throwOnExhausted: boolean;
  readonly maxBufferedBody: number;
}

/** One request of a keyed fetch, from its first attempt to its response. */
export class KeyedCall {
  readonly #pool: KeyPool;
  readonly #request: ReplayableRequest;
  readonly #settings: KeyedCallSettings;
  readonly #send: typeof globalThis.fetch;
  /** The last response that failed an attempt. The caller receives it if no key is left. */
  #refused: RefusedResponse | undefined;
  #lastSend: Promise<Response> | undefined;

  constructor(pool: KeyPool, request: ReplayableRequest, settings: KeyedCallSettings, send: typeof globalThis.fetch) {
    this.#pool = pool;
    this.#request = request;
    this.#settings = settings;
    this.#send = send;
  }

  /** Ends as a plain `fetch` would: with a response, even if it is an error response, or with the error of the last send. */
  async run(): Promise<Response> {
    const settings = await this.#buffer();
    const bodyLimits = this.#request.isRepeatable ? {} : singleAttempt;
    const plan = new CallPlan(this.#pool, {
      ...settings,
      ...bodyLimits,
      staysAtProvider: true,
      signal: this.#request.signal,
    });
    try {
      const response = await runCall(plan, (attempt) => this.#attempt(attempt));
      this.#refused?.cancel();
      return response;
    } catch (error) {
      const isKept = settings.throwOnExhausted && AllKeysFailedError.isInstance(error);
      const isReplaced = !isKept && ApiKeyFallbackError.isInstance(error) && replacedErrorCodes.includes(error.code);
      if (this.#refused && (isReplaced || isFailedResponse(error))) return this.#refused.whole();
      this.#refused?.cancel();
      throw isReplaced ? (error.cause ?? error) : error;
    }
  }

  /** Makes the request repeatable if it can be. Returns the settings of the call with the rest of its deadline. */
  async #buffer(): Promise<KeyedCallSettings> {
    const { deadline = Infinity, maxBufferedBody } = this.#settings;
    const { runtime } = this.#pool;
    if (!this.#request.hasUnreadBody) return this.#settings;
    const startedAtMs = runtime.steadyNow();
    const plan = new CallPlan(this.#pool, this.#settings);
    const exceeded = () => deadlineExceeded({ plan, before: undefined, failures: [] });
    await inTime(runtime, deadline, (signal) => this.#request.buffer(maxBufferedBody, signal), exceeded);
    const restMs = Math.round(deadline - (runtime.steadyNow() - startedAtMs));
    return restMs === Infinity ? this.#settings : { ...this.#settings, deadline: restMs };
  }

  async #attempt({ view: attempt, call }: RunningAttempt): Promise<Response> {
    const { pool } = call.plan;
    if (!this.#request.canBeSent) throw await bodyNotRepeatable(this.#lastSend);
    this.#lastSend = sendWithKey(pool, this.#request, attempt, this.#send);
    const response = await this.#lastSend;
    const { adapter, runtime, provider } = pool;
    const isError = response.status >= 400;
    const { classifyResult } = this.#settings;
    const verdict =
      !isError && classifyResult ? await adapter.classifyResult(response, runtime.now(), this.#settings) : undefined;
    // The call goes on without this attempt.
    if (attempt.hasEnded) cancelBody(response);
    if (attempt.hasEnded || !(isError || verdict)) return adapter.watch(response, this.#request.url);
    this.#refused?.cancel();
    this.#refused = new RefusedResponse(response);
    if (verdict) throw new FailedResultError(provider, response, verdict);
    throw new ProviderResponseError(response, await this.#refused.readText(runtime));
  }
}

function isFailedResponse(error: unknown): boolean {
  return error instanceof ProviderResponseError || FailedResultError.isInstance(error);
}

async function bodyNotRepeatable(lastSend: Promise<unknown> | undefined): Promise<ApiKeyFallbackError> {
  const cause: unknown = await lastSend?.then(
    () => undefined,
    (error: unknown) => error,
  );
  return new ApiKeyFallbackError(
    'The request body is a stream and was already sent. Pass a string or a buffer, or raise "maxBufferedBody" for the body of a Request.',
    'BODY_NOT_REPEATABLE',
    { cause },
  );
}
