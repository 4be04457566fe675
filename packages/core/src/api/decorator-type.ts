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
type CheckMethod<T, Injected, InjectedDescription extends string> = T extends (...args: infer A) => infer R
  ? [A] extends [never]
    ? unknown
    : A extends readonly []
      ? `${Tag}: the method needs a first parameter, which receives ${InjectedDescription}`
      : [Injected] extends [A[0]]
        ? CheckResult<R>
        : `${Tag}: the first parameter cannot hold ${InjectedDescription}`
  : unknown;

/** A method decorator for both modes: standard (TC39) and legacy (`experimentalDecorators`). */
export interface InjectingDecorator<Injected, InjectedDescription extends string> {
  <T extends AnyMethod>(
    method: T & CheckMethod<T, Injected, InjectedDescription>,
    context: ClassMethodDecoratorContext<any>,
  ): void;
  <T extends AnyMethod>(
    target: object,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<T> & CheckMethod<T, Injected, InjectedDescription>,
  ): void;
}
