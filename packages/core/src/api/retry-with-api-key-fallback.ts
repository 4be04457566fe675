import 'reflect-metadata/lite';
import type { ProviderName } from '../base/provider-name.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { checkRetryOptions } from '../call/fallback-settings.ts';
import type { Inject, RetryOptions } from '../call/retry-options.ts';
import { createDecoratedMethod, shownName, type Method } from './decorated-method.ts';
import { withoutParentheses } from './use-api-key-fallback.ts';
import type { Injected, InjectingDecorator } from './inject-keys.ts';

type InjectedDescription<P extends string, I extends Inject> = [P] extends [never]
  ? 'the API key or client of the provider that the class names'
  : I extends 'client'
    ? `a client of provider '${P}'`
    : `the API key of provider '${P}'`;

const metadata: Partial<typeof Reflect> = Reflect;

/**
 * The `reflect-metadata` key of a decorated method's options.
 *
 * @example
 * const options = Reflect.getMetadata(RETRY_METADATA, ChatService.prototype.chat); // { provider: 'openai', … }
 */
export const RETRY_METADATA: unique symbol = Symbol.for('@api-key-fallback/core/retry') as never;

/**
 * Decorates a method: injects the active API key as its first argument, retries, and falls over to the next key.
 *
 * Works as a standard and as a legacy (`experimentalDecorators`) decorator. Callers omit the first argument (see
 * `injectKeys`) or pass `INJECTED`. A framework that passes arguments by position can pass `undefined` in its place: the key is put
 * there if the call has as many arguments as the method declares, parameters with defaults included.
 *
 * With n keys a call makes at most n × `maxRetries` requests.
 *
 * @throws InvalidOptionsError when decorating, for an invalid option; the message names it.
 * @throws TypeError when decorating anything but a method.
 * @example
 * class ChatService {
 *   \@retryWithApiKeyFallback({ provider: 'openai', maxRetries: 3, delay: 1000 })
 *   async chat(apiKey: ApiKey<'openai'>, prompt: string): Promise<string> { … }
 * }
 */
export function retryWithApiKeyFallback<const P extends ProviderName = never, I extends Inject = 'key'>(
  options?: RetryOptions<P, I>,
): InjectingDecorator<Injected<P, I>, InjectedDescription<P, I>>;
export function retryWithApiKeyFallback<const P extends ProviderName = never, I extends Inject = 'key'>(
  options: RetryOptions<P, I> = {},
  ...decorated: readonly unknown[]
): InjectingDecorator<Injected<P, I>, InjectedDescription<P, I>> {
  if (typeof options === 'function' || decorated.length > 0) throw withoutParentheses('retryWithApiKeyFallback');
  const settings = checkRetryOptions(options);
  if ('provider' in options && options.provider === undefined) {
    throw new InvalidOptionsError('"provider" is undefined. Write its name, for example \'openai\'.');
  }

  function wrap(method: Method, name: string | symbol): Method {
    const wrapper = createDecoratedMethod(method, { options, settings, name: shownName(name), isMethod: true });
    for (const key of metadata.getMetadataKeys?.(method) ?? []) {
      metadata.defineMetadata?.(key, metadata.getMetadata?.(key, method), wrapper);
    }
    metadata.defineMetadata?.(RETRY_METADATA, { ...settings, provider: options.provider, pool: options.pool }, wrapper);
    return wrapper;
  }

  function decorateStandard(method: unknown, { kind, name }: StandardContext): Method {
    if (kind !== 'method' || typeof method !== 'function') throw notAMethod(name, kind);
    return wrap(method as Method, name);
  }

  function decorateLegacy(target: object, name?: string | symbol, descriptor?: unknown): PropertyDescriptor {
    const { value } = (descriptor ?? {}) as PropertyDescriptor;
    if (name === undefined && hasKind(target)) throw appliedAsIn2018();
    if (name === undefined || typeof value !== 'function') throw notAMethod(name, legacyKind(target, name, descriptor));
    checkParameterType(target, name, settings.inject);
    return { ...(descriptor as PropertyDescriptor), value: wrap(value as Method, name) };
  }

  // One function for both modes: only standard decorators receive a context object.
  const decorate = (target: unknown, second?: unknown, descriptor?: unknown) =>
    hasKind(second)
      ? decorateStandard(target, second)
      : decorateLegacy(target as object, second as string | undefined, descriptor);
  return decorate as InjectingDecorator<Injected<P, I>, InjectedDescription<P, I>>;
}

interface StandardContext {
  readonly kind: string;
  readonly name: string | symbol;
}

function hasKind(value: unknown): value is StandardContext {
  return typeof value === 'object' && value !== null && typeof (value as { kind?: unknown }).kind === 'string';
}

/** The only argument was a description of the method, as in the proposal of that year, which some compilers default to. */
function appliedAsIn2018(): TypeError {
  return new TypeError(
    'The compiler applies @retryWithApiKeyFallback as decorators worked in 2018. Set "experimentalDecorators": true in ' +
      'tsconfig.json (Next.js), or jsc.transform.decoratorVersion: "2022-03" (swc).',
  );
}

const adviceFor: Readonly<Record<string, string>> = {
  class: 'Put it on the methods of the class, and options for all of them into @useApiKeyFallback({ … }).',
  field: 'Write async name(apiKey, …) { … } in place of name = async (apiKey, …) => …',
  function: 'For a function use wrapWithFallback(fn, options).',
};

function notAMethod(name: string | symbol | undefined, kind: string): TypeError {
  const article = kind === 'accessor' ? 'an' : 'a';
  const what = name === undefined ? `this is a ${kind}` : `"${shownName(name)}" is ${article} ${kind}, not a method`;
  const advice = adviceFor[kind] ?? 'Write a method: async name(apiKey, …) { … }';
  return new TypeError(`@retryWithApiKeyFallback decorates methods only; ${what}. ${advice}`);
}

function legacyKind(target: unknown, name: unknown, descriptor: unknown): string {
  if (name === undefined) return /^class\b/.test(String(target)) ? 'class' : 'function';
  if (typeof descriptor === 'number') return 'parameter';
  const member = (descriptor ?? {}) as PropertyDescriptor;
  return member.get ? 'getter' : member.set ? 'setter' : 'field';
}

const primitives: ReadonlySet<unknown> = new Set([Number, Boolean, BigInt, Symbol]);

// Only some compilers emit parameter types, so the check is best effort.
function checkParameterType(target: object, name: string | symbol, inject: Inject): void {
  const types = metadata.getMetadata?.('design:paramtypes', target, name) as unknown[] | undefined;
  const first = types?.[0];
  if (typeof first !== 'function' || first === Object || first === Function || first === Array) return;
  if (inject === 'key' && first !== String) {
    const hint = primitives.has(first) ? '' : " Did you mean { inject: 'client' }?";
    throw new TypeError(
      `${shownName(name)}(): the first parameter is a ${shownName(first.name)}, but the decorator injects a key.${hint}`,
    );
  }
  if (inject === 'client' && first === String) {
    throw new TypeError(`${shownName(name)}(): the first parameter is a string, but the decorator injects a client.`);
  }
}
