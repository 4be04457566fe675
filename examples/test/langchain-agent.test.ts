import { expect, it, vi } from 'vitest';
import { firstKey, patience, secondKey, useService } from './use-service.ts';

const service = useService('langchain-agent.ts');

/** The model asks for the tool. */
const toolCall = {
  status: 200,
  body: {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-4o-mini',
    choices: [
      {
        index: 0,
        finish_reason: 'tool_calls',
        message: {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              id: 'call_1',
              type: 'function',
              function: { name: 'days_between', arguments: '{"from":"2026-03-01","to":"2026-12-24"}' },
            },
          ],
        },
      },
    ],
  },
};

function ask(signal: AbortSignal | null = null): Promise<Response> {
  return fetch(`${service.url}/ask`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ question: 'How many days are there from 2026-03-01 to 2026-12-24?' }),
    signal,
  });
}

it('langchain-agent: a key that fails between two steps loses no step', async () => {
  service.provider.script(firstKey, [toolCall, { status: 429, headers: { 'retry-after': '600' }, body: {} }]);
  const response = await ask();
  expect(response.status).toBe(200);
  expect(await response.json()).toHaveProperty('answer');
  expect(service.provider.requests.map(({ key }) => key)).toEqual([firstKey, firstKey, secondKey]);
  const last = service.provider.requests.at(-1)?.body as { messages: { role: string; content: unknown }[] };
  expect(last.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool']);
  expect(last.messages.at(-1)?.content).toBe('298');
});

it('langchain-agent: ends the request to the provider when the client leaves', { timeout: 120_000 }, async () => {
  service.provider.script(secondKey, ['hang']);
  const gone = new AbortController();
  const response = ask(gone.signal);
  await vi.waitFor(() => expect(service.provider.openCount).toBe(1), patience);
  gone.abort();
  await expect(response).rejects.toThrow(/abort/i);
  await vi.waitFor(() => expect(service.provider.openCount).toBe(0), patience);
});

it.each(['null', '{}', '{"question":{}}', '{"question":""}'])(
  'langchain-agent: answers 400 to the body %j, and no key is used',
  async (body) => {
    const before = service.provider.requestCount();
    const headers = { 'content-type': 'application/json' };
    const { status } = await fetch(`${service.url}/ask`, { method: 'POST', headers, body });
    expect(status).toBe(400);
    expect(service.provider.requestCount()).toBe(before);
  },
);

it('langchain-agent: answers 503 with Retry-After when no key is left, after one walk over the keys', async () => {
  service.provider.script(secondKey, [{ status: 429, headers: { 'retry-after': '30' }, body: {} }]);
  const before = service.provider.requestCount();
  const response = await ask();
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toMatch(/^(?:29|30)$/);
  expect(await response.json()).toEqual({ error: 'rate-limited' });
  expect(service.provider.requestCount()).toBe(before + 1);
});
