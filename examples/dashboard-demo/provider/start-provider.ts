import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Runtime } from '@api-key-fallback/core';
import { headersOf, type Account } from './account.ts';
import { answerAt } from './plan.ts';
import { failedResponse, goodResponse, rateLimitedResponse, type ProviderResponse } from './responses.ts';

/** A server that plays all providers, each key by its own plan. */
export interface Provider {
  readonly url: string;
  /** Adds keys that it knows. All others are refused. */
  addAccounts(accounts: readonly Account[]): void;
  close(): Promise<void>;
}

/** Starts the server. The plans begin now. */
export async function startProvider(clock: Pick<Runtime, 'now' | 'sleep'>): Promise<Provider> {
  const startedAtMs = clock.now();
  const accounts = new Map<string, Account>();
  const closing = new AbortController();

  function responseTo(account: Account, operation: string): ProviderResponse {
    const { key, plan, operations, limits = [] } = account;
    const planned = answerAt(plan, clock.now() - startedAtMs);
    const answer = operations?.[operation] ?? planned.answer;
    const isRefused = answer === 'rate-limited';
    // The first limit is the one that is reached.
    const stated = limits.map((limit, place) => headersOf(isRefused && place === 0 ? { ...limit, share: 1 } : limit));
    const headers: Record<string, string> = Object.assign({}, ...stated);
    if (isRefused) return rateLimitedResponse(planned.endsInMs, headers);
    return answer === 'ok' ? goodResponse(operation, headers) : failedResponse(answer, key);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // The body does not matter, but an unread one would block the connection.
    request.resume();
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const operation = pathname.slice(pathname.lastIndexOf('/') + 1);
    const key = keyOf(request);
    const account = accounts.get(key);
    await clock.sleep(randomDelayMs(account?.medianMs ?? 0), closing.signal);
    const { status, headers, body } = account ? responseTo(account, operation) : failedResponse('invalid_api_key', key);
    response.writeHead(status, { ...headers }).end(JSON.stringify(body));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    addAccounts(added) {
      for (const account of added) accounts.set(account.key, account);
    },
    async close() {
      closing.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function keyOf({ headers }: IncomingMessage): string {
  const key = headers['x-goog-api-key'] ?? headers['x-rapidapi-key'] ?? headers.authorization ?? '';
  return String(key).replace(/^Bearer /, '');
}

/** Most responses take about as long as the median, and a few much longer. */
function randomDelayMs(medianMs: number): number {
  const bell = Math.random() + Math.random() + Math.random() - 1.5;
  return Math.round(medianMs * Math.exp(1.4 * bell));
}
