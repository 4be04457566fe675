import { OpenAIKeyManager } from '@api-key-fallback/openai';
import OpenAI from 'openai';
import { fakeKeys } from '../bench-manager.ts';
import { Comparison } from '../comparison.ts';
import type { Effort } from '../effort.ts';
import type { CaseReport } from '../report.ts';

/** Compares one client per key with one client per call. */
export async function clientReuse(effort: Effort): Promise<CaseReport> {
  const manager = new OpenAIKeyManager(fakeKeys(4), { logger: false, store: false });
  const client = new OpenAI({ apiKey: 'test-key-number-1', maxRetries: 0 });
  const use = async (given: OpenAI): Promise<number> => given.maxRetries;
  const subjects = [
    { name: 'one client', call: () => use(client) },
    { name: 'inject: client', call: () => manager.retryWithFallback(use, { inject: 'client' }) },
    {
      name: 'inject: key, new OpenAI() in the method',
      call: () => manager.retryWithFallback((apiKey) => use(new OpenAI({ apiKey, maxRetries: 0 }))),
    },
  ];
  const options = { title: 'The OpenAI client', per: 'call', withBytes: true };
  const comparison = await Comparison.of(subjects, effort, options);
  return {
    title: 'Clients',
    about: 'A method that receives a client, and one that receives a key and creates a client. No request is sent.',
    tables: [comparison.table],
    measures: {},
  };
}
