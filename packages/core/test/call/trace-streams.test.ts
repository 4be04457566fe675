import {
  ApiKeyManager,
  customProvider,
  registry,
  wrapWithFallback,
  type ApiKey,
  type TracedAttempt,
} from '@api-key-fallback/core';
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordEvents } from '../events/record-events.ts';
import { fails, scriptedAdapter } from '../scripted-keys.ts';
import { RecordingTracer } from './recording-tracer.ts';

const provider = customProvider('scripted');
type Key = ApiKey<typeof provider>;

let tracer: RecordingTracer;
let manager: ApiKeyManager;

beforeEach(() => {
  tracer = new RecordingTracer();
  manager = new ApiKeyManager(scriptedAdapter, ['K1', 'K2'], { logger: false, tracer });
  registry.register(manager, { replace: true });
});
afterEach(() => registry.unregister(provider));

/** The ends of calls and attempts so far. */
function outcomes(): unknown[] {
  return tracer.ends.map(({ outcome, errorType }) => [outcome, errorType]);
}

describe('the trace of a stream', () => {
  const count = wrapWithFallback(
    async function* (_key: Key, last: number) {
      for (let number = 1; number <= last; number++) yield number;
    },
    { provider },
  );

  it('ends when the stream ends', async () => {
    const stream = count(1);
    await stream.next();
    expect(tracer.calls).toHaveLength(1);
    expect(outcomes()).toEqual([]);
    await stream.next();
    expect(outcomes()).toEqual([
      ['success', undefined],
      ['success', undefined],
    ]);
  });

  it('ends when the consumer leaves', async () => {
    const events = recordEvents(manager, ['call.aborted', 'call.succeeded', 'call.failed']);
    for await (const number of count(9)) if (number === 2) break;
    expect(outcomes()).toEqual([
      ['aborted', 'aborted'],
      ['aborted', 'aborted'],
    ]);
    expect(tracer.calls[0]?.end).toMatchObject({ attempts: 1, keysTried: 1 });
    expect(events).toMatchObject([['call.aborted', { attempts: 1 }]]);
  });

  it('ends with the error of a later chunk', async () => {
    const fail = fails({ kind: 'rate-limited', reason: 'scripted' });
    const breaking = wrapWithFallback(
      async function* (key: Key) {
        yield 1;
        fail(key, undefined as never);
      },
      { provider },
    );
    const stream = breaking();
    await stream.next();
    await expect(stream.next()).rejects.toThrow('scripted failure');
    expect(outcomes()).toEqual([
      ['error', 'rate-limited'],
      ['error', 'rate-limited'],
    ]);
  });

  it('has one attempt for each key until the first chunk', async () => {
    const fail = fails({ kind: 'invalid-key', reason: 'scripted' });
    const open = wrapWithFallback(
      async function* (key: Key) {
        if (key === 'K1') fail(key, undefined as never);
        yield key;
      },
      { provider },
    );
    const chunks: string[] = [];
    for await (const chunk of open()) chunks.push(chunk);
    expect(chunks).toEqual(['K2']);
    expect(outcomes()).toEqual([
      ['error', 'invalid-key'],
      ['success', undefined],
      ['success', undefined],
    ]);
  });

  it('is the context of every chunk, whoever asks for it', async () => {
    const context = new AsyncLocalStorage<string>();
    tracer.traceAttempt = ({ key }: TracedAttempt, run) => context.run(`attempt with ${key.label}`, run);
    const seen: unknown[] = [];
    const open = wrapWithFallback(
      async function* (_key: Key) {
        try {
          for (const number of [1, 2]) {
            seen.push(context.getStore());
            yield number;
          }
        } finally {
          seen.push(context.getStore());
        }
      },
      { provider },
    );
    const stream = open();
    await context.run('first reader', () => stream.next());
    await context.run('second reader', () => stream.next());
    await stream.return(undefined);
    expect(seen).toEqual(Array.from({ length: 3 }, () => 'attempt with key 1'));
  });
});
