import { AsyncLocalStorage } from 'node:async_hooks';
import {
  createKeyedFetch,
  injectKeys,
  registry,
  retryWithApiKeyFallback,
  wrapWithFallback,
} from '@api-key-fallback/core';
import retry from 'async-retry';
import CircuitBreaker from 'opossum';
import pRetry from 'p-retry';
import { benchManager, provider } from '../bench-manager.ts';
import { cockatielKeys } from '../cockatiel-keys.ts';
import { Comparison } from '../comparison.ts';
import type { Effort } from '../effort.ts';
import type { CaseReport } from '../report.ts';
import { worstOf } from '../statistics.ts';
import type { Subject } from '../subject.ts';
import { tryCatchLoop } from '../try-catch-loop.ts';

const together = 100;

async function answer(): Promise<number> {
  return 1;
}

class Service {
  @retryWithApiKeyFallback({ provider, maxRetries: 3, delay: 1000 })
  async answer(_apiKey: string): Promise<number> {
    return 1;
  }
}

// With default options; options passed to a call are validated in every call.
const ours = ['retryWithFallback', 'decorator'];
const context = 'bare call in a context';

function concurrent({ name, call }: Subject): Subject {
  return { name, times: together, call: () => Promise.all(Array.from({ length: together }, call)) };
}

async function compareFetches(effort: Effort): Promise<Comparison> {
  const response = new Response('{}');
  const stub = async (): Promise<Response> => response;
  const bareFetch: typeof fetch = stub;
  const keyedFetch = createKeyedFetch({ provider, fetch: stub });
  const url = 'https://provider.example/v1/answers';
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
  const subjects = [
    { name: 'stub fetch', call: () => bareFetch(url, init) },
    { name: 'stub fetch with a Request', call: () => bareFetch(new Request(url, init)) },
    { name: 'keyed fetch', call: () => keyedFetch(url, init) },
  ];
  return Comparison.of(subjects, effort, { title: 'Keyed fetch over a stub fetch', per: 'call', withBytes: true });
}

/** Compares wrapped functions, whose options are validated once. */
function compareOptions(effort: Effort): Promise<Comparison> {
  const { signal } = new AbortController();
  const answerWith = async (_injected: unknown): Promise<number> => 1;
  const wrapped = {
    'no options': wrapWithFallback(answerWith, { provider }),
    'an operation': wrapWithFallback(answerWith, { provider, operation: 'search' }),
    'inject: client': wrapWithFallback(answerWith, { provider, inject: 'client' }),
    'a signal': wrapWithFallback(answerWith, { provider, signal }),
    attemptTimeout: wrapWithFallback(answerWith, { provider, attemptTimeout: 1000 }),
  };
  const withArgument = wrapWithFallback(async (_injected: unknown, _text: string) => 1, { provider });
  const subjects: Subject[] = [
    { name: 'bare call', call: answer },
    ...Object.entries(wrapped).map(([name, call]) => ({ name, call: () => call() })),
    { name: 'an argument', call: () => withArgument('text') },
  ];
  return Comparison.of(subjects, effort, {
    title: 'A wrapped function and its options',
    per: 'call',
    relativeTo: ['no options'],
    withBytes: true,
  });
}

/** What each wrapper adds to a call that succeeds immediately. */
export async function happyPath(effort: Effort): Promise<CaseReport> {
  const manager = benchManager();
  registry.unregister(manager.provider);
  registry.register(manager);
  const service = injectKeys(new Service()) as unknown as { answer(): Promise<number> };
  const breaker = new CircuitBreaker(answer);
  const contexts = new AsyncLocalStorage<string>();
  const subjects: Subject[] = [
    { name: 'bare call', call: answer },
    { name: context, call: () => contexts.run('attempt', answer) },
    { name: 'try/catch', call: () => tryCatchLoop(answer) },
    { name: 'retryWithFallback', call: () => manager.retryWithFallback(answer) },
    {
      name: 'retryWithFallback with options',
      call: () => manager.retryWithFallback(answer, { maxRetries: 3, delay: 1000 }),
    },
    { name: 'decorator', call: () => service.answer() },
    { name: 'cockatiel', call: () => cockatielKeys(answer) },
    { name: 'p-retry', call: () => pRetry(answer, { retries: 2 }) },
    { name: 'async-retry', call: () => retry(answer, { retries: 2 }) },
    { name: 'opossum', call: () => breaker.fire() },
  ];
  const shown = { per: 'call', relativeTo: ['cockatiel', 'p-retry'], withBytes: true };
  const one = await Comparison.of(subjects, effort, { ...shown, title: 'Sequential calls' });
  const many = await Comparison.of(subjects.map(concurrent), effort, {
    ...shown,
    title: `${together} concurrent calls`,
  });
  // As in most servers, where a tracer or framework uses its own context.
  const inside = await new AsyncLocalStorage().run('request', () =>
    Comparison.of(subjects.slice(0, 8), effort, { ...shown, title: 'Inside another AsyncLocalStorage' }),
  );
  const options = await compareOptions(effort);
  const fetches = await compareFetches(effort);
  breaker.shutdown();
  registry.unregister(provider);

  const ofAll = (value: (comparison: Comparison, name: string) => number): Record<string, number> =>
    Object.fromEntries(
      ours.flatMap((name) => [
        [`${name}, sequential`, value(one, name)],
        [`${name}, ${together} concurrent`, value(many, name)],
      ]),
    );
  return {
    title: 'Happy path',
    about: [
      'An async function that returns immediately. The bare call is subtracted from the others; "from" and "to" hold the middle half of the rounds.',
      `cockatiel has a retry and a circuit breaker for each key, and the call takes the first key whose breaker is not open. Our attempts each run in an asynchronous context, so that \`currentAttempt()\` works after any await; "${context}" shows what \`AsyncLocalStorage.run()\` alone costs. Node copies the map of all contexts, so it costs more inside another one, as in most servers with a tracer or framework.`,
    ].join('\n\n'),
    tables: [one.table, many.table, inside.table, options.table, fetches.table],
    measures: {
      'happy path: added time vs cockatiel': worstOf(ofAll((results, name) => results.ratio(name, 'cockatiel'))),
      'happy path: bytes vs cockatiel': worstOf(
        ofAll((results, name) => results.bytes(name) / results.bytes('cockatiel')),
      ),
      'operation, client or argument: added time vs none': worstOf(
        Object.fromEntries(
          ['an operation', 'inject: client', 'an argument'].map((name) => [name, options.ratio(name, 'no options')]),
        ),
      ),
      'a signal: added time': { value: options.addedNs('a signal') - options.addedNs('no options') },
    },
  };
}
