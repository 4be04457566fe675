import { InvalidOptionsError } from '../base/errors.ts';
import type { ProviderName } from '../base/provider-name.ts';
import { checkRetryOptions } from '../call/fallback-settings.ts';
import type { RetryOptions } from '../call/retry-options.ts';

const slot = Symbol.for('@api-key-fallback/core/defaults@1');

/**
 * Sets default options for the decorated methods of a class and its subclasses. A method's own options take precedence.
 *
 * Works as a standard and as a legacy (`experimentalDecorators`) decorator.
 *
 * @throws InvalidOptionsError for an invalid option, or when decorating anything but a class.
 * @example
 * \@useApiKeyFallback({ provider: 'openai', maxRetries: 2 })
 * class ChatService {
 *   \@retryWithApiKeyFallback()
 *   async chat(apiKey: ApiKey<'openai'>, prompt: string): Promise<string> { … }
 * }
 */
export function useApiKeyFallback<const P extends ProviderName>(
  options: Omit<RetryOptions<P>, 'inject'>,
): (target: abstract new (...args: never) => unknown, context?: ClassDecoratorContext) => void {
  if (typeof options === 'function') throw withoutParentheses('useApiKeyFallback');
  checkRetryOptions(options);
  return (target, context) => {
    if (typeof target !== 'function' || (context && context.kind !== 'class')) {
      throw new InvalidOptionsError(
        '@useApiKeyFallback decorates classes only. On a method write @retryWithApiKeyFallback({ … }).',
      );
    }
    Object.defineProperty(target, slot, { value: { ...defaultsOf(target), ...options }, configurable: true });
  };
}

export function withoutParentheses(decorator: string): InvalidOptionsError {
  return new InvalidOptionsError(`@${decorator} needs parentheses: write @${decorator}({ provider: 'openai' }).`);
}

/** Returns the default options of an instance's class, or of a class itself. */
export function defaultsOf(self: unknown): RetryOptions | undefined {
  if (self === null || self === undefined) return undefined;
  const owner = typeof self === 'function' ? self : (self as object).constructor;
  return (owner as { [slot]?: RetryOptions } | undefined)?.[slot];
}
