import { shownKind } from '../base/check-arguments.ts';
import { util } from '../base/node-builtins.ts';
import type { ProviderName, Provided } from '../base/provider-name.ts';
import type { Inject } from '../call/retry-options.ts';
import type { ClientOf } from '../managers/registry.ts';

/**
 * The type of an injected key of provider `P`. A plain string at run time.
 *
 * @example
 * async chat(apiKey: ApiKey<'openai'>, prompt: string): Promise<string> { … }
 */
export type ApiKey<P extends ProviderName> = string & Provided<P>;

/**
 * The type of an injected client of provider `P`, bound to the active key (`inject: 'client'`).
 *
 * @example
 * async chat(client: ApiClient<'openai'>, prompt: string): Promise<string> { … }
 */
export type ApiClient<P extends ProviderName> = ClientOf<P> & Provided<P>;

/** The type of the injected first argument. */
export type Injected<P extends ProviderName, I extends Inject> = [P] extends [never]
  ? // The class names the provider, so the type of the argument is unknown here.
    never
  : I extends 'client'
    ? ApiClient<P>
    : ApiKey<P>;

type AnyMethod = (...args: never) => unknown;

type Tag = '@retryWithApiKeyFallback';

type CheckResult<R> = [R] extends [PromiseLike<unknown>]
  ? [Promise<Awaited<R>>] extends [R]
    ? unknown
    : `${Tag}: the method must return a plain Promise (make it async); the decorator cannot keep a Promise subclass`
  : [R] extends [AsyncIterable<infer Y>]
    ? [AsyncGenerator<Y>] extends [R]
      ? unknown
      : `${Tag}: a streaming method must return AsyncGenerator, AsyncIterable or AsyncIterableIterator`
    : `${Tag}: the method must be async (return a Promise or an AsyncIterable)`;

/** `unknown` if the method can be decorated; else the sentence that the compiler prints. */
type CheckMethod<T, Value, Description extends string> = T extends (...args: infer A) => infer R
  ? [A] extends [never]
    ? unknown
    : A extends readonly []
      ? `${Tag}: the method needs a first parameter, which receives ${Description}`
      : [Value] extends [A[0]]
        ? CheckResult<R>
        : `${Tag}: the first parameter cannot hold ${Description}`
  : unknown;

/** A method decorator for both modes: standard (TC39) and legacy (`experimentalDecorators`). */
export interface InjectingDecorator<Value, Description extends string> {
  <T extends AnyMethod>(
    method: T & CheckMethod<T, Value, Description>,
    context: ClassMethodDecoratorContext<any>,
  ): void;
  <T extends AnyMethod>(
    target: object,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<T> & CheckMethod<T, Value, Description>,
  ): void;
}

/**
 * A placeholder for the injected argument, for callers that see the method's own signature.
 *
 * @example
 * await this.chat(INJECTED, 'hello');
 */
export const INJECTED: never = Symbol.for('@api-key-fallback/core/INJECTED') as never;

type IsProvided<A> = 0 extends 1 & A ? false : [A] extends [never] ? false : [A] extends [Provided] ? true : false;

type First<F> = F extends (first: infer A, ...rest: never) => unknown ? A : never;

type InjectedMethodNames<T> = { [K in keyof T]-?: IsProvided<First<T[K]>> extends true ? K : never }[keyof T];

// TypeScript cannot map over overloads, so each number of overloads has its own branch.
type WithoutFirst<F> = F extends {
  (first: infer K, ...rest: infer A1): infer R1;
  (first: infer _2, ...rest: infer A2): infer R2;
  (first: infer _3, ...rest: infer A3): infer R3;
}
  ? IsProvided<K> extends true
    ? { (...rest: A1): R1; (...rest: A2): R2; (...rest: A3): R3 }
    : F
  : F extends { (first: infer K, ...rest: infer A1): infer R1; (first: infer _2, ...rest: infer A2): infer R2 }
    ? IsProvided<K> extends true
      ? { (...rest: A1): R1; (...rest: A2): R2 }
      : F
    : F extends (first: infer _1, ...rest: infer A1) => infer R1
      ? (...rest: A1) => R1
      : F;

/** The type `T` as its callers see it: decorated methods without their first parameter. Keeps up to three overloads. */
export type KeyInjected<T> = T & { [K in InjectedMethodNames<T>]: WithoutFirst<T[K]> };

/**
 * Types an object or a class as its callers see it: decorated methods without their injected first parameter.
 *
 * Returns the same object.
 *
 * @throws TypeError for anything but an object or a class, and for a Promise of one.
 * @example
 * const service = injectKeys(new ChatService());
 * await service.chat('hello'); // instead of service.chat(INJECTED, 'hello')
 */
export function injectKeys<T extends object>(target: T): KeyInjected<T> {
  if (Object(target) !== target || util.types.isPromise(target))
    throw new TypeError(
      `injectKeys() expects a service, such as new ChatService(); the value is ${shownKind(target)}.`,
    );
  return target as KeyInjected<T>;
}
