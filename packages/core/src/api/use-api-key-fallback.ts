import { InvalidOptionsError } from '../base/errors.ts';
import type { ProviderName } from '../base/provider-name.ts';
import { checkRetryOptions, type RetryOptions } from '../call/retry-options.ts';

const slot = Symbol.for('@api-key-fallback/core/defaults@1');

/**
 * Gives defaults to the decorated methods of a class and of its subclasses; what a method says itself wins.
 *
 * Works as a standard and as a legacy decorator.
 *
 * @throws InvalidOptionsError for a bad option, or on anything but a class.
 */
export function useApiKeyFallback<const P extends ProviderName>(
  options: Omit<RetryOptions<P>, 'inject'>,
): (target: abstract new (...args: never) => unknown, context?: ClassDecoratorContext) => void {
  checkRetryOptions(options);
  return (target) => {
    if (typeof target !== 'function') throw new InvalidOptionsError('@useApiKeyFallback decorates classes only.');
    Object.defineProperty(target, slot, { value: { ...defaultsOf(target), ...options }, configurable: true });
  };
}

/** The defaults for a method called on this instance or class. */
export function defaultsOf(self: unknown): RetryOptions | undefined {
  if (self === null || self === undefined) return undefined;
  const owner = typeof self === 'function' ? self : (self as object).constructor;
  return (owner as { [slot]?: RetryOptions } | undefined)?.[slot];
}
