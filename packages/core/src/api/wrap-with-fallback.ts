import { notAFunction } from '../base/check-arguments.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import type { ProviderName } from '../base/provider-name.ts';
import { checkRetryOptions } from '../call/fallback-settings.ts';
import type { FallbackOptions, Inject } from '../call/retry-options.ts';
import type { PoolResolver } from '../call/resolvers.ts';
import { createDecoratedMethod, shownName, type Method } from './decorated-method.ts';
import type { Injected } from './inject-keys.ts';

/** Options of {@link wrapWithFallback}: those of the decorator, with a required provider. */
export interface WrapOptions<P extends ProviderName, I extends Inject> extends FallbackOptions {
  /** The provider whose keys are used. */
  readonly provider: P;
  /** The pool whose keys are used: its name, or a function that names it for each call and is not async. @default 'default' */
  readonly pool?: string | PoolResolver;
  /** What the first parameter receives: the active key, or a client bound to it. @default 'key' */
  readonly inject?: I;
}

/**
 * Wraps an async function or async generator function: injects the active API key as its first argument, retries and falls
 * over, as the decorator does for a method.
 *
 * @throws InvalidOptionsError for an invalid option.
 * @example
 * const chat = wrapWithFallback(
 *   async (apiKey, prompt: string) => new OpenAI({ apiKey, maxRetries: 0 }).responses.create({ model, input: prompt }),
 *   { provider: 'openai' },
 * );
 * await chat('hello');
 */
export function wrapWithFallback<
  const P extends ProviderName,
  A extends unknown[],
  R extends PromiseLike<unknown> | AsyncIterable<unknown>,
  I extends Inject = 'key',
>(fn: (injected: Injected<P, I>, ...args: A) => R, options: WrapOptions<P, I>): (...args: A) => Wrapped<R> {
  if (typeof fn !== 'function')
    throw notAFunction(fn, "wrapWithFallback(async (apiKey, prompt) => …, { provider: 'openai' })");
  const settings = checkRetryOptions(options);
  if (options.provider === undefined) throw new InvalidOptionsError('"provider" is required, for example \'openai\'.');
  const decoration = { options, settings, name: shownName(fn.name) };
  return createDecoratedMethod(fn as unknown as Method, decoration) as (...args: A) => Wrapped<R>;
}

/** The return type of the wrapped function: a plain promise, a generator, or an async iterable. */
type Wrapped<R> = [R] extends [PromiseLike<unknown>]
  ? Promise<Awaited<R>>
  : [R] extends [AsyncGenerator<infer Y, infer T, infer N>]
    ? AsyncGenerator<Y, T, N>
    : [R] extends [AsyncIterable<infer Y>]
      ? AsyncIterable<Y>
      : never;
