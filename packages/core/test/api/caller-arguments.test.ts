import { runInThisContext } from 'node:vm';
import { INJECTED, injectKeys, retryWithApiKeyFallback, wrapWithFallback, type ApiKey } from '@api-key-fallback/core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { watchWarnings } from '../watch-warnings.ts';
import { acmeKeys, useAllProviders } from './decorator-providers.ts';

const [key] = acmeKeys;
const acme = retryWithApiKeyFallback({ provider: 'acme' });

/** Calls a method as JavaScript and frameworks can, without regard to the types. */
type Untyped = (...args: unknown[]) => Promise<unknown>;
type Loose = Record<'search' | 'chat' | 'models' | 'greet' | 'forgetful', Untyped>;

class Service {
  readonly model = 'small';

  @acme
  async list(...given: [apiKey: ApiKey<'acme'>]): Promise<unknown[]> {
    return given;
  }

  @acme
  async chat(apiKey: ApiKey<'acme'>, prompt: unknown, options?: unknown): Promise<unknown[]> {
    return [apiKey, prompt, options];
  }

  @acme
  async search(apiKey: ApiKey<'acme'>, query: unknown): Promise<unknown[]> {
    return [apiKey, query];
  }

  @acme
  async greet(apiKey: ApiKey<'acme'>, name: unknown = 'you, (and', ending: unknown = '…'): Promise<unknown[]> {
    return [apiKey, name, ending];
  }

  @acme
  async forgetful(prompt: ApiKey<'acme'>): Promise<unknown[]> {
    return [prompt];
  }

  @acme
  async models(apiKey: ApiKey<'acme'>): Promise<unknown[]> {
    return [apiKey, this.model];
  }

  @acme
  async *stream(apiKey: ApiKey<'acme'>): AsyncGenerator<unknown, string> {
    yield apiKey;
    yield this.model;
    return 'end';
  }

  @acme
  async broken(apiKey: ApiKey<'acme'>): Promise<unknown> {
    const missing = [apiKey].at(1) as unknown as { readonly model: string };
    return [this?.model, missing.model];
  }
}

const service = new Service();
const loose = service as unknown as Loose;

beforeEach(() => {
  useAllProviders();
  vi.restoreAllMocks();
});

describe('a caller that passes arguments by position', () => {
  it('has the key put in the place of undefined', async () => {
    await expect(loose.search(undefined, 'cats')).resolves.toEqual([key, 'cats']);
    await expect(loose.chat(undefined, 'hello', { topP: 1 })).resolves.toEqual([key, 'hello', { topP: 1 }]);
    await expect(loose.chat(undefined, undefined, { topP: 1 })).resolves.toEqual([key, undefined, { topP: 1 }]);
    await expect(loose.models(undefined)).resolves.toEqual([key, 'small']);
  });

  it('has it put there also before parameters with defaults', async () => {
    await expect(loose.greet(undefined, 'Ana', '!')).resolves.toEqual([key, 'Ana', '!']);
    await expect(loose.greet(undefined, undefined, '!')).resolves.toEqual([key, 'you, (and', '!']);
  });

  it('is refused if it passes more than the method declares', async () => {
    const error = await loose.search(undefined, 'cats', 5).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toBe(
      'search() was called with undefined as the first of 3 arguments, but declares 2 with the key. Omit the key, or pass ' +
        'INJECTED in its place.',
    );
  });

  it('is warned of once where the method does not say what it declares', async () => {
    const warned = watchWarnings();
    const rest = wrapWithFallback(async (...all: unknown[]) => all, { provider: 'acme' }) as unknown as Untyped;
    await expect(rest(undefined, 'cats')).resolves.toEqual([key, undefined, 'cats']);
    await expect(rest(undefined)).resolves.toEqual([key, undefined]);
    const listTags = async (apiKey: string, ...tags: unknown[]) => [apiKey, tags];
    const tagged = wrapWithFallback(listTags, { provider: 'acme' });
    await expect(tagged(undefined, 'cats')).resolves.toEqual([key, [undefined, 'cats']]);
    expect(warned.mock.calls).toMatchObject([
      [expect.stringContaining('by position'), { code: 'AKF_UNDEFINED_FIRST' }],
      [expect.stringContaining('by position'), { code: 'AKF_UNDEFINED_FIRST' }],
    ]);
  });
});

describe('a caller that omits the key', () => {
  it('can pass undefined as its own first argument', async () => {
    const callers = injectKeys(service);
    await expect(callers.search(undefined)).resolves.toEqual([key, undefined]);
    await expect(callers.chat(undefined)).resolves.toEqual([key, undefined, undefined]);
    await expect(callers.chat(undefined, { topP: 1 })).resolves.toEqual([key, undefined, { topP: 1 }]);
    await expect(callers.greet(undefined)).resolves.toEqual([key, 'you, (and', '…']);
    await expect(callers.greet(undefined, '!')).resolves.toEqual([key, 'you, (and', '!']);
    await expect(service.chat(INJECTED, undefined, 5)).resolves.toEqual([key, undefined, 5]);
  });

  it('is warned of where the only parameter receives the key', async () => {
    const warned = watchWarnings();
    await expect(loose.forgetful('hello')).resolves.toEqual([key]);
    expect(warned.mock.calls).toMatchObject([
      [
        'forgetful(): its only parameter receives the key, so the argument of the caller is lost. Add a parameter for the key: ' +
          '(apiKey, prompt).',
        { code: 'AKF_NO_KEY_PARAMETER' },
      ],
    ]);
  });

  it('can be a framework that passes the request and the response to every handler', async () => {
    await expect(loose.models({ url: '/' }, { status: 200 })).resolves.toEqual([key, 'small']);
  });

  it('can pass a signal, which the decorator reads', async () => {
    const { signal } = new AbortController();
    await expect(loose.models({ signal })).resolves.toEqual([key, 'small']);
  });
});

describe('a method without a parameter', () => {
  const none = async () => 'none';
  const context = { kind: 'method', name: 'lonely' } as unknown as ClassMethodDecoratorContext;

  it('is warned of when it is decorated', async () => {
    const warned = watchWarnings();
    acme(none as never, context);
    expect(warned.mock.calls).toMatchObject([
      [
        expect.stringMatching(/^lonely\(\): it has no parameter.*Write the key first/),
        { code: 'AKF_NO_KEY_PARAMETER' },
      ],
    ]);
  });

  it('is not warned of if it takes the rest, reads its arguments, or is a function that a keyed fetch serves', () => {
    async function readsArguments(): Promise<unknown> {
      return arguments.length;
    }
    for (const method of [async (...all: unknown[]) => all, readsArguments, none.bind(undefined)]) {
      acme(method as never, { ...context, name: 'not lonely' } as never);
    }
    expect(wrapWithFallback(none, { provider: 'acme' })).toHaveLength(0);
  });
});

describe('a method that is called without its object', () => {
  const { models, stream, search, broken } = injectKeys(service);

  it('rejects with an error that says what to write', async () => {
    const error = (await models().catch((thrown: unknown) => thrown)) as Error;
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe(
      'models() was called without its object, so "this" is undefined. Write service.models(…), and pass it on as (...args) => ' +
        'service.models(...args).',
    );
    expect(error.cause).toBeInstanceOf(TypeError);
  });

  it('rejects with it also if it returns a promise without being async, or throws', async () => {
    class Plain {
      readonly model = 'small';

      @acme
      chained(apiKey: ApiKey<'acme'>): Promise<unknown> {
        return Promise.resolve(apiKey).then(() => this.model);
      }

      @acme
      thrown(_apiKey: ApiKey<'acme'>): Promise<unknown> {
        return Promise.resolve(this.model);
      }
    }
    const { chained, thrown } = injectKeys(new Plain());
    await expect(chained()).rejects.toThrow('chained() was called without its object');
    await expect(thrown()).rejects.toThrow('thrown() was called without its object');
  });

  it('fails its stream with such an error', async () => {
    const chunks = stream();
    await expect(chunks.next()).resolves.toEqual({ done: false, value: key });
    await expect(chunks.next()).rejects.toThrow('stream() was called without its object');
  });

  it('works if it does not need its object', async () => {
    await expect(search('cats')).resolves.toEqual([key, 'cats']);
  });

  it('keeps the error of another undefined value', async () => {
    await expect(broken()).rejects.toThrow(/^Cannot read properties of undefined \(reading 'model'\)$/);
  });
});

/** A function as its author wrote it: the compiler of the tests changes the text. */
function parsed(source: string): () => unknown {
  return runInThisContext(source) as () => unknown;
}

describe('the parameters of a function', () => {
  const name = 'computed';
  class Members {
    async [`${name}(a, b)`](_a: unknown): Promise<void> {}
    async destructured({ a, b }: { a: unknown; b: unknown }, [_c, _d]: unknown[]): Promise<unknown> {
      return [a, b];
    }
  }
  const members = Members.prototype as unknown as Record<string, (...args: never) => unknown>;

  it.each<[string, ((...args: never) => unknown) | undefined, number]>([
    ['none', () => {}, 0],
    ['one', (a: unknown) => a, 1],
    ['an arrow without brackets', parsed('a => a'), 1],
    ['an async arrow without brackets', parsed('async a => a'), 1],
    ['a comma at the end', parsed('(a, b,) => a'), 2],
    ['defaults', (a: unknown = [1, 2], b: unknown = Math.max(1, 2), c = ', )') => [a, b, c], 3],
    ['comments', parsed('(a /* , b */, c // , d)\n) => a'), 2],
    ['patterns', members['destructured'], 2],
    ['a computed name', members['computed(a, b)'], 1],
    ['a field named arguments', parsed('(a, b) => [b.function.arguments, b?.arguments, { arguments: a }]'), 2],
  ])('are counted: %s', async (_name, fn, count) => {
    const wrapped = wrapWithFallback(fn as never, { provider: 'acme' }) as unknown as Untyped;
    const tooMany = Array.from({ length: count + 1 }, () => undefined);
    await expect(wrapped(...tooMany)).rejects.toThrow(`but declares ${count} with the key.`);
  });

  it('have no end with a rest parameter', async () => {
    const warnings = watchWarnings();
    const rest = async (apiKey: unknown, ...values: unknown[]) => [apiKey, values];
    const wrapped = wrapWithFallback(rest, { provider: 'acme' }) as unknown as Untyped;
    await expect(wrapped(undefined, 1, 2)).resolves.toEqual([key, [undefined, 1, 2]]);
    expect(warnings.mock.calls).toMatchObject([[expect.any(String), { code: 'AKF_UNDEFINED_FIRST' }]]);
  });
});
