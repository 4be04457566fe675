import type { Injected } from './inject-keys.ts';
import { injectingMethod, type Method } from './injecting-method.ts';
import type { ProviderName } from './provider-names.ts';
import { checkRetryOptions, type Inject, type RetryOptions } from './retry-options.ts';

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
>(fn: (injected: Injected<P, I>, ...args: A) => R, options: RetryOptions<P, I>): (...args: A) => R {
  const decoration = { options, settings: checkRetryOptions(options), name: fn.name || 'The function' };
  return injectingMethod(fn as unknown as Method, decoration) as (...args: A) => R;
}
