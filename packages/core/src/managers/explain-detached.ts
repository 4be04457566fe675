type AnyFunction = (...args: never) => unknown;

// JavaScript's own error says "Cannot read properties of undefined" and does not name the missing object.

/** The error of a method that was called without its object. */
export function withoutObject(owner: string, name: string, cause?: unknown): TypeError {
  return new TypeError(
    `${name}() was called without its object, so "this" is undefined. Write ${owner}.${name}(…), and pass it on as ` +
      `(...args) => ${owner}.${name}(...args).`,
    { cause },
  );
}

/** Makes the methods of a class that are called without their object say so. `hot` ones check it themselves, because this costs time. */
export function explainDetached(prototype: object, owner: string, hot?: string): void {
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    const method: unknown = property.value;
    if (name === 'constructor' || name === hot || typeof method !== 'function') continue;
    const run = method as (this: unknown, ...args: unknown[]) => unknown;
    function explained(this: unknown, ...args: unknown[]): unknown {
      if (this !== undefined) return run.apply(this, args);
      try {
        // Called without its object, each method fails in its own way: with an exception or a rejected promise.
        return Promise.resolve(run.apply(this, args)).catch((error: unknown) =>
          Promise.reject(withoutObject(owner, name, error)),
        );
      } catch (error) {
        throw withoutObject(owner, name, error);
      }
    }
    Object.defineProperties(explained, { name: { value: name }, length: { value: run.length } });
    Object.defineProperty(prototype, name, { ...property, value: explained });
  }
}

/** Calls a decorated method without its object, and explains its error if it is about `this`. */
export function callDetached(method: AnyFunction, name: string, args: readonly unknown[]): unknown {
  const explain = (error: unknown) => {
    throw isOfThis(error, method) ? withoutObject('service', name, error) : error;
  };
  try {
    const result: unknown = Reflect.apply(method, undefined, args);
    if (result instanceof Promise) return result.catch(explain);
    return isGenerator(result) ? explainedStream(result, explain) : result;
  } catch (error) {
    return explain(error);
  }
}

/** Whether an error says that a field of `undefined` was read, and the method has such a field of `this`. */
function isOfThis(error: unknown, method: AnyFunction): boolean {
  if (!(error instanceof TypeError)) return false;
  const field = /^Cannot (?:read|set) properties of undefined \(\w+ '(.+)'\)$/.exec(error.message)?.[1];
  return field !== undefined && Function.prototype.toString.call(method).includes(`this.${field}`);
}

function isGenerator(value: unknown): value is AsyncGenerator {
  return Object.prototype.toString.call(value) === '[object AsyncGenerator]';
}

async function* explainedStream(stream: AsyncGenerator, explain: (error: unknown) => never): AsyncGenerator {
  try {
    return yield* stream;
  } catch (error) {
    return explain(error);
  }
}
