import { beforeEach, describe, expect, it } from 'vitest';
import { injectKeys, registry, retryWithApiKeyFallback, type ApiKey } from '../../src/index.ts';
import { acmeKeys, invalidKey, useAllProviders } from './decorator-providers.ts';

const [first, second] = acmeKeys;

class CountingService {
  readonly started: string[] = [];
  readonly finished: string[] = [];

  /** Yields 1, 2, 3 after the given number of failures. */
  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 1 })
  async *count(apiKey: ApiKey<'acme'>, failures = 0): AsyncGenerator<number, string, unknown> {
    this.started.push(apiKey);
    try {
      await Promise.resolve();
      if (this.started.length <= failures) throw invalidKey();
      for (const chunk of [1, 2, 3]) {
        await Promise.resolve();
        yield chunk;
      }
      return 'the end';
    } finally {
      this.finished.push(apiKey);
    }
  }
}

function usage(ordinal: number): unknown {
  return registry.get('acme').status().keys[ordinal]?.usage;
}

/** The cases in which a wrapped generator could differ from a plain generator. */
export function describeStreamProtocol(): void {
  describe('the protocol of async generators', () => {
    const make = () => injectKeys(new CountingService());

    beforeEach(useAllProviders);

    it('answers concurrent requests in order', async () => {
      const service = make();
      const stream = service.count(1);
      const steps = await Promise.all(Array.from({ length: 5 }, () => stream.next()));
      expect(steps).toEqual([
        { value: 1, done: false },
        { value: 2, done: false },
        { value: 3, done: false },
        { value: 'the end', done: true },
        { value: undefined, done: true },
      ]);
      expect(service.started).toEqual([first, second]);
    });

    it('does not start after return(value)', async () => {
      const service = make();
      const stream = service.count();
      await expect(stream.return('early')).resolves.toEqual({ value: 'early', done: true });
      await expect(stream.next()).resolves.toEqual({ value: undefined, done: true });
      expect(service.started).toEqual([]);
      expect(usage(0)).toMatchObject({ attempts: 0 });
    });

    it('awaits a promise that is passed to return()', async () => {
      const value = Promise.resolve('later');
      const end = { value: 'later', done: true };
      const started = make().count();
      await started.next();
      await expect(started.return(value)).resolves.toEqual(end);
      await expect(started.return(value)).resolves.toEqual(end);
      await expect(make().count().return(value)).resolves.toEqual(end);
    });

    it('does not start after throw(error)', async () => {
      const service = make();
      const stream = service.count();
      const failure = new Error('early');
      await expect(stream.throw(failure)).rejects.toBe(failure);
      await expect(stream.next()).resolves.toEqual({ value: undefined, done: true });
      expect(service.started).toEqual([]);
    });

    it('ends at once when return(value) comes before the first chunk, unlike a plain generator', async () => {
      const service = make();
      const stream = service.count();
      const [chunk, end] = await Promise.all([stream.next(), stream.return('enough')]);
      expect(chunk).toEqual({ value: undefined, done: true });
      expect(end).toEqual({ value: 'enough', done: true });
      expect(service.started).toEqual([]);
    });

    it('stays finished after throw(error)', async () => {
      const service = make();
      const stream = service.count();
      await stream.next();
      const failure = new Error('late');
      await expect(stream.throw(failure)).rejects.toBe(failure);
      await expect(stream.next()).resolves.toEqual({ value: undefined, done: true });
      await expect(stream.throw(failure)).rejects.toBe(failure);
      expect(service.finished).toEqual([first]);
    });

    it('is its own iterator', () => {
      const stream = make().count();
      expect(stream[Symbol.asyncIterator]()).toBe(stream);
    });

    it('can be delegated to with yield*', async () => {
      const stream = make().count();
      async function* handOn(): AsyncGenerator {
        yield yield* stream;
      }
      const chunks: unknown[] = [];
      for await (const chunk of handOn()) chunks.push(chunk);
      expect(chunks).toEqual([1, 2, 3, 'the end']);
    });
  });

  describe('the key of a stream', () => {
    beforeEach(useAllProviders);

    it('is in use until the end, which counts as a success', async () => {
      const stream = injectKeys(new CountingService()).count();
      await stream.next();
      expect(usage(0)).toMatchObject({ attempts: 1, inUse: 1 });
      for await (const chunk of stream) expect(chunk).toBeGreaterThan(1);
      expect(usage(0)).toMatchObject({ attempts: 1, inUse: 0, successes: 1 });
    });

    it('is released without a failure if the consumer stops early', async () => {
      for await (const chunk of injectKeys(new CountingService()).count()) {
        if (chunk === 1) break;
      }
      expect(usage(0)).toMatchObject({ attempts: 1, inUse: 0 });
      expect(registry.get('acme').getFailedKeys()).toEqual([]);
    });
  });
}
