// A child process with a manager on a FileStore that runs the requests of its parent.
import { ApiKeyManager, FileStore, type KeyLimits } from '../../src/index.ts';
import type { ErrorVerdict, ProviderAdapter } from '../../src/adapter.ts';
import { answerRequests } from '../../../../test-support/answer-requests.ts';
import { giveUpRights } from '../give-up-rights.ts';

/** The outcome of an attempt: it succeeds, hangs until the outcome changes, or fails with a verdict. */
export type Outcome = 'ok' | 'hangs' | ErrorVerdict;

const [keys = '', directory = '', rights = '', limits = ''] = process.argv.slice(2);
if (rights === 'powerless') giveUpRights();
const adapter: ProviderAdapter = {
  name: 'scripted',
  displayName: 'Scripted',
  env: 'SCRIPTED_API_KEY',
  classifyError: (error) => (error instanceof Error ? (error.cause as ErrorVerdict) : undefined),
};
const storeEvents: string[] = [];
const storeLines: string[] = [];

function log(line: string): void {
  if (/\bstore\b/.test(line)) storeLines.push(line);
}

const manager = new ApiKeyManager(adapter, keys.split(','), {
  logger: { debug: log, info: log, warn: log, error: log },
  retryBudget: false,
  ...(limits === '' ? {} : { limits: JSON.parse(limits) as KeyLimits }),
  // Without a directory, API_KEY_STATE_DIR applies.
  ...(directory === '' ? {} : { store: new FileStore(directory) }),
});
for (const name of ['store.failed', 'store.recovered'] as const) manager.on(name, () => storeEvents.push(name));

const outcomes = new Map<string, Outcome>();
const hanging = new Set<() => void>();
const timesMs: number[] = [];
const failures: string[] = [];
let calling: NodeJS.Timeout | undefined;

async function attempt(key: string): Promise<string> {
  process.send?.({ attempted: key });
  while (outcomes.get(key) === 'hangs') await new Promise<void>((resolve) => hanging.add(resolve));
  const outcome = outcomes.get(key) ?? 'ok';
  if (typeof outcome === 'object') throw new Error('refused', { cause: outcome });
  return key;
}

async function call(): Promise<string> {
  const start = performance.now();
  const key = await manager.retryWithFallback(attempt, { maxRetries: 1 });
  timesMs.push(performance.now() - start);
  return key;
}

const requests = {
  ready: () => manager.ready(),
  setOutcome: (key: string, outcome: Outcome) => {
    outcomes.set(key, outcome);
    for (const resume of hanging) resume();
    hanging.clear();
  },
  call,
  startCalling: (everyMs: number) => {
    calling = setInterval(() => {
      call().catch((error: unknown) => failures.push(String(error)));
    }, everyMs);
  },
  stopCalling: () => {
    clearInterval(calling);
    const sorted = timesMs.toSorted((a, b) => a - b);
    return { calls: sorted.length, failures, p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0 };
  },
  disable: (key: string) => manager.disable(key),
  reset: (key: string) => manager.reset(key),
  keys: () => manager.status().keys,
  storeReport: () => ({ storeEvents, storeLines }),
  close: () => manager.close(),
};

/** The requests that a parent can send. */
export type ProcessRequests = typeof requests;

// Without a handler, exceeding the file size limit ends the process.
process.on('SIGXFSZ', () => {});
answerRequests(requests);
