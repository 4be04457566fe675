import { longestTimerMs } from '../base/abortable.ts';
import { checkName, notAFunction } from '../base/check-arguments.ts';
import { checkDuration, checkOption, checkTimeout } from '../base/check-option.ts';
import { checkOptionNames, retryOptionNames } from '../base/check-option-names.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { checkPoolName, checkProviderName } from '../base/provider-name.ts';
import type { ClassifyError, ClassifyResult } from '../provider/provider-adapter.ts';
import { checkCost, type AffinityResolver, type Cost, type CostResolver, type KeyResolver } from './resolvers.ts';
import type { FallbackOptions, Inject, RetryOptions } from './retry-options.ts';

/** Checked options with every default filled in. */
export interface FallbackSettings {
  readonly inject: Inject;
  readonly maxRetries: number;
  readonly delay: number;
  readonly backoff: 'fixed' | 'exponential';
  readonly maxDelay: number;
  readonly retryOn: 'same-key' | 'next-key' | undefined;
  readonly onExhausted: 'fail' | 'wait';
  readonly maxWait: number;
  readonly attemptTimeout: number | undefined;
  readonly deadline: number | undefined;
  readonly idleTimeout: number | undefined;
  readonly idempotent: boolean;
  readonly signal: AbortSignal | undefined;
  readonly operation: string | undefined;
  readonly cost: Cost | CostResolver | undefined;
  readonly key: string | KeyResolver | undefined;
  readonly affinity: string | AffinityResolver | undefined;
  readonly classifyError: ClassifyError | undefined;
  readonly classifyResult: ClassifyResult | undefined;
  readonly onFailedAttempt: FallbackOptions['onFailedAttempt'];
  /** Whether the options set a timeout. */
  readonly isTimed: boolean;
  /** Identifies a call; a random UUID by default. */
  readonly callId?: string;
  /** Whether a call goes on with other keys of its provider only, because its request has one address. */
  readonly staysAtProvider?: boolean;
  /** For warnings. */
  readonly methodName?: string;
}

/** As long as a full window of a minute needs to have room. */
const defaultMaxWaitMs = 61_000;

/** Fills in the defaults. @throws InvalidOptionsError naming the option and its value. */
export function checkFallbackOptions(
  options: FallbackOptions & { readonly inject?: Inject },
  instead = '{ maxRetries: 3 }',
): FallbackSettings {
  checkOptionNames('options', options, retryOptionNames, instead);
  const {
    inject = 'key',
    maxRetries = 3,
    delay = 1000,
    backoff = 'fixed',
    maxDelay = 8000,
    retryOn,
    onExhausted = 'fail',
    attemptTimeout,
    deadline,
    idleTimeout,
    maxWait = deadline === undefined ? defaultMaxWaitMs : longestTimerMs,
    idempotent = true,
    signal,
    operation,
    cost,
    key,
    affinity,
    classifyError,
    classifyResult,
    onFailedAttempt,
  } = options;
  checkOption(inject === 'key' || inject === 'client', 'inject', inject, "'key' or 'client'");
  checkOption(
    Number.isSafeInteger(maxRetries) && maxRetries >= 1,
    'maxRetries',
    maxRetries,
    'an integer of at least 1',
  );
  checkDuration('delay', delay);
  checkDuration('maxDelay', maxDelay);
  checkOption(backoff === 'fixed' || backoff === 'exponential', 'backoff', backoff, "'fixed' or 'exponential'");
  checkOption(
    retryOn === undefined || retryOn === 'same-key' || retryOn === 'next-key',
    'retryOn',
    retryOn,
    "'same-key' or 'next-key'",
  );
  checkOption(onExhausted === 'fail' || onExhausted === 'wait', 'onExhausted', onExhausted, "'fail' or 'wait'");
  checkDuration('maxWait', maxWait);
  checkTimeout('attemptTimeout', attemptTimeout);
  checkTimeout('deadline', deadline);
  checkTimeout('idleTimeout', idleTimeout);
  checkOption(typeof idempotent === 'boolean', 'idempotent', idempotent, 'true or false');
  checkOption(
    signal === undefined || signal instanceof AbortSignal,
    'signal',
    signal,
    'an AbortSignal, such as controller.signal',
  );
  if (operation !== undefined) checkName('operation', operation);
  if (cost !== undefined && typeof cost !== 'function') checkCost(cost);
  if (key !== undefined && typeof key !== 'function') checkName('label', key, '"key"');
  if (affinity !== undefined && typeof affinity !== 'function') checkName('affinity', affinity);
  for (const [name, hook] of Object.entries({ classifyError, classifyResult, onFailedAttempt })) {
    checkOption(hook === undefined || typeof hook === 'function', name, hook, 'a function');
  }
  return {
    inject,
    maxRetries,
    delay,
    backoff,
    maxDelay,
    retryOn,
    onExhausted,
    maxWait,
    attemptTimeout,
    deadline,
    idleTimeout,
    idempotent,
    signal,
    operation,
    cost,
    key,
    affinity,
    classifyError,
    classifyResult,
    onFailedAttempt,
    isTimed: (attemptTimeout ?? deadline ?? idleTimeout) !== undefined,
  };
}

/** Like {@link checkFallbackOptions}, with the pool and the provider, which may be missing: a class can name it. */
export function checkRetryOptions(options: RetryOptions): FallbackSettings {
  const settings = checkFallbackOptions(options, "{ provider: 'openai', maxRetries: 3 }");
  if (options.provider !== undefined) checkProviderName('"provider"', options.provider);
  if (options.pool !== undefined && typeof options.pool !== 'function') checkPoolName('"pool"', options.pool);
  return settings;
}

/** @throws InvalidOptionsError unless `fn` is a function other than a generator, without the option of generators. */
export function checkFunction(fn: unknown, { idleTimeout }: { readonly idleTimeout?: number | undefined }): void {
  if (typeof fn !== 'function') throw notAFunction(fn, '(apiKey) => …');
  const kind = (fn as { [Symbol.toStringTag]?: string })[Symbol.toStringTag];
  if (kind === 'GeneratorFunction' || kind === 'AsyncGeneratorFunction') {
    throw new InvalidOptionsError(
      'Expected a function that returns a promise. For a generator function use wrapWithFallback(fn, options).',
    );
  }
  if (idleTimeout !== undefined) throw new InvalidOptionsError('"idleTimeout" applies to generator methods only.');
}
