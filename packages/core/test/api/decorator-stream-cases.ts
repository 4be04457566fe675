import { beforeEach, describe, expect, it } from 'vitest';
import {
  AllKeysFailedError,
  currentAttempt,
  injectKeys,
  INJECTED,
  registry,
  retryWithApiKeyFallback,
  type ApiKey,
} from '../../src/index.ts';
import {
  acmeKeys,
  betaKeys,
  callerError,
  invalidKey,
  time,
  transient,
  useAllProviders,
} from './decorator-providers.ts';

const [first, second] = acmeKeys;

type Chat = AsyncGenerator<unknown, string, unknown>;

class StreamService {
  readonly calls: string[] = [];
  readonly finished: string[] = [];

  /** Fails as scripted before the first chunk, then yields the chunks. */
  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 10 })
  async *scripted(apiKey: ApiKey<'acme'>, failures: unknown[], ...chunks: unknown[]): Chat {
    this.calls.push(apiKey);
    try {
      if (failures.length > 0) throw failures.shift();
      for (const chunk of chunks) yield chunk;
      return 'the end';
    } finally {
      this.finished.push(apiKey);
    }
  }

  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 10 })
  async *breaking(apiKey: ApiKey<'acme'>, failure: unknown): AsyncGenerator<string> {
    this.calls.push(apiKey);
    yield 'a';
    throw failure;
  }

  @retryWithApiKeyFallback({ provider: 'acme' })
  async *talking(_apiKey: ApiKey<'acme'>): Chat {
    const received: unknown[] = [];
    try {
      while (received.length < 3) {
        try {
          received.push(yield `received ${received.join(', ') || 'nothing'}`);
        } catch (error) {
          received.push(`error ${String(error)}`);
        }
      }
      return received.join(', ');
    } finally {
      this.finished.push(currentAttempt().apiKey);
    }
  }

  @retryWithApiKeyFallback({ provider: 'acme' })
  async *attempts(_apiKey: ApiKey<'acme'>): AsyncGenerator {
    const attempt = currentAttempt();
    yield attempt;
    yield currentAttempt();
    await Promise.resolve();
    try {
      yield currentAttempt();
    } catch {
      yield currentAttempt();
    }
  }

  @retryWithApiKeyFallback({ provider: 'beta', maxRetries: 1 })
  async consume(_apiKey: ApiKey<'beta'>): Promise<string[]> {
    const seen: string[] = [];
    for await (const attempt of this.attempts(INJECTED)) {
      const { provider, outer } = attempt as ReturnType<typeof currentAttempt>;
      seen.push(`${provider} in ${outer?.provider}`, currentAttempt().provider);
    }
    return seen;
  }

  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 2, delay: 10 })
  async *joining(apiKey: ApiKey<'acme'>, failures: unknown[]): AsyncGenerator {
    yield* this.scripted(apiKey, failures, 'a', 'b');
  }

  @retryWithApiKeyFallback({ provider: 'acme' })
  async *cleaning(_apiKey: ApiKey<'acme'>): Chat {
    try {
      yield 'a';
    } finally {
      yield 'cleaning up';
    }
    return 'never';
  }
}

async function collect(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const chunks: unknown[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

export function describeStreams(): void {
  describe('async generators', () => {
    const make = () => injectKeys(new StreamService());

    beforeEach(useAllProviders);

    it('stay recognisable as async generator functions', () => {
      expect(Object.prototype.toString.call(StreamService.prototype.scripted)).toBe('[object AsyncGeneratorFunction]');
    });

    it('return async generators, keep their name and have one parameter less', () => {
      expect(Object.prototype.toString.call(make().scripted([]))).toBe('[object AsyncGenerator]');
      expect(StreamService.prototype.scripted.name).toBe('scripted');
      expect(StreamService.prototype.scripted).toHaveLength(1);
    });

    it('do nothing before the first next()', async () => {
      const service = make();
      const stream = service.scripted([], 'a');
      await Promise.resolve();
      expect(service.calls).toEqual([]);
      await expect(stream.next()).resolves.toEqual({ value: 'a', done: false });
      expect(service.calls).toEqual([first]);
      await stream.return('');
    });

    it('fall over before the first chunk, and the consumer sees one clean stream', async () => {
      const service = make();
      await expect(collect(service.scripted([invalidKey()], 'a', 'b', 'c'))).resolves.toEqual(['a', 'b', 'c']);
      expect(service.calls).toEqual([first, second]);
      expect(service.finished).toEqual([first, second]);
    });

    it('retry on the same key before the first chunk', async () => {
      const service = make();
      await expect(collect(service.scripted([transient(), transient(), transient()], 'a'))).resolves.toEqual(['a']);
      expect(service.calls).toEqual([first, first, second, second]);
      expect(time.pauses).toEqual([10, 10]);
    });

    it('reject the first next() when no key is left', async () => {
      const service = make();
      const failures = Array.from({ length: 6 }, transient);
      const stream = service.scripted(failures, 'a');
      await expect(stream.next()).rejects.toSatisfy(AllKeysFailedError.isInstance);
      await expect(stream.next()).resolves.toEqual({ value: undefined, done: true });
      expect(service.calls).toHaveLength(6);
    });

    it('reject the first next() with the unchanged caller error', async () => {
      const service = make();
      const failure = callerError();
      await expect(service.scripted([failure], 'a').next()).rejects.toBe(failure);
      expect(service.calls).toEqual([first]);
    });

    it('rethrow a failure after the first chunk and do not retry', async () => {
      const service = make();
      const failure = invalidKey();
      const stream = service.breaking(failure);
      await expect(stream.next()).resolves.toEqual({ value: 'a', done: false });
      await expect(stream.next()).rejects.toBe(failure);
      await expect(stream.next()).resolves.toEqual({ value: undefined, done: true });
      expect(service.calls).toEqual([first]);
    });

    it('apply the verdict on a failure after the first chunk to the key', async () => {
      await expect(collect(make().breaking(invalidKey()))).rejects.toThrow('revoked');
      expect(registry.get('acme').getFailedKeys()).toEqual([first]);
    });

    it('keep falsy chunks and the value that the generator returns', async () => {
      const falsy = [undefined, null, 0, '', false];
      await expect(collect(make().scripted([], ...falsy))).resolves.toEqual(falsy);
      await expect(make().scripted([]).next()).resolves.toEqual({ value: 'the end', done: true });
    });

    it('receive the value of next(value)', async () => {
      const stream = make().talking();
      await stream.next('lost, as in any generator');
      await expect(stream.next(1)).resolves.toEqual({ value: 'received 1', done: false });
      await expect(stream.next(2)).resolves.toEqual({ value: 'received 1, 2', done: false });
      await expect(stream.next(3)).resolves.toEqual({ value: '1, 2, 3', done: true });
    });

    it('receive the error of throw(error)', async () => {
      const service = make();
      const stream = service.talking();
      await stream.next();
      await expect(stream.throw('x')).resolves.toEqual({ value: 'received error x', done: false });
      await stream.next(2);
      await expect(stream.next(3)).resolves.toEqual({ value: 'error x, 2, 3', done: true });
      expect(service.finished).toEqual([first]);
    });

    it('reject throw(error) with that error when the method does not catch it', async () => {
      const service = make();
      const stream = service.scripted([], 'a', 'b');
      await stream.next();
      const failure = new Error('from the consumer');
      await expect(stream.throw(failure)).rejects.toBe(failure);
      expect(service.finished).toEqual([first]);
      expect(service.calls).toEqual([first]);
    });

    it('finish once with the value of return(value)', async () => {
      const service = make();
      const stream = service.talking();
      await stream.next();
      await expect(stream.return('enough')).resolves.toEqual({ value: 'enough', done: true });
      await expect(stream.return('more')).resolves.toEqual({ value: 'more', done: true });
      expect(service.finished).toEqual([first]);
    });

    it('finish once if the consumer stops early', async () => {
      const service = make();
      for await (const chunk of service.scripted([], 'a', 'b', 'c')) {
        if (chunk === 'b') break;
      }
      expect(service.finished).toEqual([first]);
    });

    it('pass on what the method yields after return(value)', async () => {
      const stream = make().cleaning();
      await stream.next();
      await expect(stream.return('enough')).resolves.toEqual({ value: 'cleaning up', done: false });
      await expect(stream.next()).resolves.toEqual({ value: 'enough', done: true });
    });

    it('run in their attempt after every chunk', async () => {
      const stream = make().attempts();
      const { value: attempt } = await stream.next();
      expect(attempt).toMatchObject({ provider: 'acme', apiKey: first, attemptNumber: 1 });
      for (const chunk of [1, 2]) expect([chunk, (await stream.next()).value]).toEqual([chunk, attempt]);
      expect((await stream.throw('x')).value).toBe(attempt);
      await stream.return(undefined);
    });

    it('do not run the consumer inside the attempt', async () => {
      for await (const attempt of make().attempts()) {
        expect(attempt).toBeDefined();
        expect(() => currentAttempt()).toThrow('outside of an attempt');
      }
    });

    it('keep the consumer in its own outer attempt', async () => {
      const seen = await make().consume();
      expect(seen).toEqual(Array.from({ length: 3 }, () => ['acme in beta', 'beta']).flat());
      expect(betaKeys).toContain(registry.get('beta').getCurrentKey());
    });

    it('join the running attempt when the key is passed on', async () => {
      const service = make();
      await expect(collect(service.joining([transient(), invalidKey()]))).resolves.toEqual(['a', 'b']);
      expect(service.calls).toEqual([first, first, second]);
    });

    it('run one loop together with the stream that receives the key', async () => {
      const service = make();
      const failures = Array.from({ length: 50 }, transient);
      await expect(collect(service.joining(failures))).rejects.toSatisfy(AllKeysFailedError.isInstance);
      expect(service.calls).toEqual(acmeKeys.flatMap((key) => [key, key]));
    });

    it('run concurrently without mixing their attempts', async () => {
      const one = make().attempts();
      const two = make().attempts();
      const a = (await one.next()).value;
      const b = (await two.next()).value;
      expect(a).not.toBe(b);
      expect((await one.next()).value).toBe(a);
      expect((await two.next()).value).toBe(b);
      await Promise.all([one.return(undefined), two.return(undefined)]);
    });
  });
}
