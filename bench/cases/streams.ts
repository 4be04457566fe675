import { injectKeys, registry, retryWithApiKeyFallback, wrapWithFallback } from '@api-key-fallback/core';
import { benchManager, provider } from '../bench-manager.ts';
import { Comparison } from '../comparison.ts';
import type { Effort } from '../effort.ts';
import type { CaseReport } from '../report.ts';

const chunks = 1000;
const limits = 'signal and idleTimeout';

async function* generate(): AsyncGenerator<number> {
  for (let chunk = 0; chunk < chunks; chunk++) yield chunk;
}

class Service {
  @retryWithApiKeyFallback({ provider })
  async *stream(_apiKey: string): AsyncGenerator<number> {
    for (let chunk = 0; chunk < chunks; chunk++) yield chunk;
  }
}

async function* handOn(): AsyncGenerator<number> {
  yield* generate();
}

async function drain(stream: AsyncIterable<number>): Promise<number> {
  let sum = 0;
  for await (const chunk of stream) sum += chunk;
  return sum;
}

/** The added cost per chunk of a stream. */
export async function streams(effort: Effort): Promise<CaseReport> {
  const manager = benchManager();
  registry.unregister(manager.provider);
  registry.register(manager);
  const service = injectKeys(new Service()) as unknown as { stream(): AsyncGenerator<number> };
  const { signal } = new AbortController();
  const limited = wrapWithFallback(generate, { provider, signal, idleTimeout: 60_000 });
  const subjects = [
    { name: 'bare generator', times: chunks, call: () => drain(generate()) },
    { name: 'yield*', times: chunks, call: () => drain(handOn()) },
    { name: 'decorator', times: chunks, call: () => drain(service.stream()) },
    { name: limits, times: chunks, call: () => drain(limited()) },
  ];
  const options = { title: 'A generator method', per: 'chunk', relativeTo: ['yield*'], withBytes: true };
  const comparison = await Comparison.of(subjects, effort, options);
  registry.unregister(provider);
  return {
    title: 'Streams',
    about: `A generator that yields ${chunks.toLocaleString('en')} numbers without waiting. Each chunk enters the attempt's context again.`,
    tables: [comparison.table],
    measures: {
      'stream: added time per chunk': { value: comparison.addedNs('decorator') },
      'stream: time per chunk vs a bare generator': {
        value: comparison.ns('decorator') / comparison.ns('bare generator'),
      },
      'stream with signal and idleTimeout: time per chunk vs a bare generator': {
        value: comparison.ns(limits) / comparison.ns('bare generator'),
      },
    },
  };
}
