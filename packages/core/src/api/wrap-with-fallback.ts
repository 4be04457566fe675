import { InvalidOptionsError } from '../base/errors.ts';
import type { ProviderName } from '../base/provider-name.ts';
import { checkRetryOptions, type FallbackOptions, type Inject } from '../call/retry-options.ts';
import { injectingMethod, type Method } from './decorated-method.ts';
import type { Injected } from './inject-keys.ts';

/** Options of {@link wrapWithFallback}: those of the decorator, with the provider. */
export interface WrapOptions<P extends ProviderName, I extends Inject> extends FallbackOptions {
  readonly provider: P;
  /** What the first parameter receives. @default 'key' */
  readonly inject?: I;
}

/**
 * Makes a plain async function run with an API key as its first argument, as the decorator does for a method.
 *
 * @throws InvalidOptionsError for a bad option.
 * @example
 * const chat = wrapWithFallback(async (apiKey, prompt: string) => …, { provider: 'openai' });
 * await chat('hello');
 */
export function wrapWithFallback<
  const P extends ProviderName,
  A extends unknown[],
  R extends PromiseLike<unknown> | AsyncIterable<unknown>,
  I extends Inject = 'key',
>(fn: (injected: Injected<P, I>, ...args: A) => R, options: WrapOptions<P, I>): (...args: A) => Wrapped<R> {
  if (typeof fn !== 'function') throw new InvalidOptionsError('There is no function to wrap.');
  const settings = checkRetryOptions(options);
  if (options.provider === undefined) throw new InvalidOptionsError('"provider" is missing.');
  const decoration = { options, settings, name: fn.name || 'function' };
  return injectingMethod(fn as unknown as Method, decoration) as (...args: A) => Wrapped<R>;
}

/** What comes back: a subclass of Promise becomes a plain one, and a stream that is no generator only its iterable side. */
type Wrapped<R> = [R] extends [PromiseLike<unknown>]
  ? Promise<Awaited<R>>
  : [R] extends [AsyncGenerator<infer Y, infer T, infer N>]
    ? AsyncGenerator<Y, T, N>
    : [R] extends [AsyncIterable<infer Y>]
      ? AsyncIterable<Y>
      : never;
