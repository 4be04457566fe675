import type { ProviderName } from '../base/provider-name.ts';
import type { Inject } from '../call/retry-options.ts';
import type { ClientOf } from './key-manager-of.ts';
import type { Provided } from './provided.ts';

/** A key of provider `P`, put in by `@retryWithApiKeyFallback`; a plain string at run time. */
export type ApiKey<P extends ProviderName> = string & Provided<P>;

/** A client of provider `P` bound to the active key (`inject: 'client'`). */
export type ApiClient<P extends ProviderName> = ClientOf<P> & Provided<P>;

/** What a method's first parameter receives. */
export type Injected<P extends ProviderName, I extends Inject> = [P] extends [never]
  ? // The class names the provider, so anything may be received.
    never
  : I extends 'client'
    ? ApiClient<P>
    : ApiKey<P>;

/** Stands in for the injected argument where the raw signature shows: `this.chat(INJECTED, 'hello')`. */
export const INJECTED: never = Symbol.for('@api-key-fallback/core/INJECTED') as never;

type IsProvided<A> = 0 extends 1 & A ? false : [A] extends [never] ? false : [A] extends [Provided] ? true : false;

type First<F> = F extends (first: infer A, ...rest: never) => unknown ? A : never;

type InjectedMethodNames<T> = { [K in keyof T]-?: IsProvided<First<T[K]>> extends true ? K : never }[keyof T];

// TypeScript cannot map over overloads, hence one branch for each number of them.
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

/** `T` as its callers see it: decorated methods without their first parameter (up to three overloads survive). */
export type KeyInjected<T> = T & { [K in InjectedMethodNames<T>]: WithoutFirst<T[K]> };

/** Shows the call signatures of an object's (or class's) decorated methods; identity at run time. */
export function injectKeys<T extends object>(target: T): KeyInjected<T> {
  return target as KeyInjected<T>;
}
