import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Anthropic from '@anthropic-ai/sdk';
import { ApiKeyManager, injectKeys, registry, retryWithApiKeyFallback, type ApiKey } from '@api-key-fallback/core';
import { describeProviderAdapter } from '@api-key-fallback/testing/vitest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anthropic, anthropicAdapter } from '../anthropic-adapter.ts';

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a string as an event stream. */
  readonly body: object | string;
}

const keys = [1, 2, 3, 4].map((number) => `sk-ant-example-key-${number}`) as [string, string, string, string];
const scripts = new Map<string, readonly Answer[]>();
const sentKeys: string[] = [];

function failure(status: number, type: string, message: string, headers: Record<string, string> = {}): Answer {
  return { status, headers, body: { type: 'error', error: { type, message }, request_id: 'req_1' } };
}

const ok: Answer = {
  status: 200,
  body: { type: 'message', role: 'assistant', content: [{ type: 'text', text: 'Olá!' }], stop_reason: 'end_turn' },
};
const wrongKey = failure(401, 'authentication_error', 'invalid x-api-key');
const limited = failure(429, 'rate_limit_error', 'This request would exceed your rate limit', { 'retry-after': '30' });
const overloaded = failure(529, 'overloaded_error', 'Overloaded');
const lowBalance = failure(
  400,
  'invalid_request_error',
  'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
  { 'anthropic-organization-id': 'org-1' },
);
const spendLimit: Answer = {
  status: 429,
  body: {
    type: 'error',
    error: { type: 'rate_limit_error', message: 'Limit', details: { error_code: 'enforced_spend_limit_reached' } },
  },
};
const brokenStream = (type: string): Answer => ({
  status: 200,
  body: `event: error\ndata: ${JSON.stringify({ type: 'error', error: { type, message: 'Sorry' } })}\n\n`,
});

let server: Server;
let baseURL: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const key = request.headers.authorization?.replace('Bearer ', '') ?? '';
    sentKeys.push(key);
    const [answer = ok, ...rest] = scripts.get(key) ?? [];
    if (rest.length > 0) scripts.set(key, rest);
    const { status, headers, body } = answer;
    const isStream = typeof body === 'string';
    response.writeHead(status, { 'content-type': isStream ? 'text/event-stream' : 'application/json', ...headers });
    response.end(isStream ? body : JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  scripts.clear();
  sentKeys.length = 0;
});

afterAll(() => void server.close());

const question = { model: 'claude-sonnet-5', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Olá' }] };

/** Returns the error that the real client throws for this response. */
function provoke(answer: Answer, { stream = false, signal }: { stream?: boolean; signal?: AbortSignal } = {}) {
  return async (): Promise<void> => {
    scripts.set(keys[0], [answer]);
    const client = await anthropicAdapter.createClient?.(keys[0], { baseURL });
    const answered = await client?.messages.create({ ...question, stream }, signal ? { signal } : {});
    for await (const event of answered as AsyncIterable<unknown>) void event;
  };
}

describeProviderAdapter(
  anthropicAdapter,
  {
    transient: [
      { name: 'overloaded', error: provoke(overloaded), expected: { reason: 'http_529' } },
      { name: 'overloaded in a stream', error: provoke(brokenStream('overloaded_error'), { stream: true }) },
    ],
    'rate-limited': [
      { name: 'a rate limit', error: provoke(limited), expected: { retryAfterMs: 30_000, scope: 'group' } },
      { name: 'a rate limit in a stream', error: provoke(brokenStream('rate_limit_error'), { stream: true }) },
    ],
    'quota-exhausted': [
      {
        name: 'a low balance',
        error: provoke(lowBalance),
        expected: { reason: 'no_credit', scope: 'group', recheckAfterMs: 3_600_000 },
      },
      {
        name: 'a spend limit',
        error: provoke(spendLimit),
        expected: { reason: 'enforced_spend_limit_reached', resetsAtMs: Date.parse('2026-08-01T00:00:00Z') },
      },
      { name: 'a bill', error: provoke(failure(402, 'billing_error', 'Sorry')), expected: { reason: 'billing_error' } },
    ],
    'invalid-key': [{ name: 'a wrong key', error: provoke(wrongKey), expected: { reason: 'http_401' } }],
    'caller-error': [
      { name: 'a bad request', error: provoke(failure(400, 'invalid_request_error', 'messages: required')) },
      { name: 'a missing right', error: provoke(failure(403, 'permission_error', 'Not allowed')) },
      { name: 'an abort', error: provoke(ok, { signal: AbortSignal.abort() }) },
    ],
  },
  { clientOptions: (url) => ({ baseURL: url }), useClient: (client) => client.messages.create(question) },
);

class ClaudeService {
  @retryWithApiKeyFallback({ provider: anthropic, maxRetries: 2, delay: 0 })
  async ask(apiKey: ApiKey<typeof anthropic>, content: string): Promise<string> {
    const client = new Anthropic({ apiKey, baseURL, maxRetries: 0 });
    const { content: blocks } = await client.messages.create({ ...question, messages: [{ role: 'user', content }] });
    return blocks.map((block) => (block.type === 'text' ? block.text : '')).join('');
  }
}

describe('a service', () => {
  it('falls over from a wrong key, a rate limit and a low balance to a working key', async () => {
    scripts.set(keys[0], [wrongKey]);
    scripts.set(keys[1], [limited]);
    scripts.set(keys[2], [lowBalance]);
    scripts.set(keys[3], [overloaded, ok]);
    const manager = new ApiKeyManager(anthropicAdapter, keys, { logger: false });
    registry.register(manager);
    await expect(injectKeys(new ClaudeService()).ask('Olá')).resolves.toBe('Olá!');
    expect(sentKeys).toEqual([...keys, keys[3]]);
    expect(manager.status().keys.map(({ state, reason }) => [state, reason])).toEqual([
      ['disabled', 'invalid-key'],
      ['cooling', 'rate-limited'],
      ['cooling', 'quota-exhausted'],
      ['healthy', undefined],
    ]);
    expect(manager.status().keys[2]?.group).toBe('org-1');
  });
});
