import Anthropic, { AuthenticationError, BadRequestError, NotFoundError } from '@anthropic-ai/sdk';
import { type ProviderServer, type ProviderServerOptions, startProviderServer } from '@api-key-fallback/testing';
import OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';

let server: ProviderServer;

async function startWithClient(options: ProviderServerOptions): Promise<Anthropic> {
  server = await startProviderServer(options);
  return new Anthropic({ apiKey: 'key-1', baseURL: server.url, maxRetries: 0 });
}

const question = {
  model: 'claude-sonnet-5',
  max_tokens: 100,
  messages: [
    { role: 'user', content: 'Olá' },
    { role: 'assistant', content: 'Olá!' },
    { role: 'user', content: [{ type: 'text', text: 'Como você está?' }] },
  ],
} satisfies Anthropic.MessageCreateParams;

afterEach(() => server.close());

describe('the real Anthropic client', () => {
  it('creates a message', async () => {
    const client = await startWithClient({ otherwise: 'ok' });
    const message = await client.messages.create(question);
    expect(message).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-5',
      content: [{ type: 'text', text: 'You said: Como você está?' }],
      stop_reason: 'end_turn',
    });
    expect(message.id).toMatch(/^msg_\w{32}$/);
    expect(message.usage.output_tokens).toBe(5);
    expect(server.requests[0]).toMatchObject({ provider: 'anthropic', key: 'key-1', path: '/v1/messages' });
  });

  it('streams a message word by word', async () => {
    const client = await startWithClient({ otherwise: 'ok', reply: () => 'um dois três' });
    const words: string[] = [];
    const types: string[] = [];
    for await (const event of await client.messages.create({ ...question, stream: true })) {
      types.push(event.type);
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') words.push(event.delta.text);
    }
    expect(words).toEqual(['um ', 'dois ', 'três']);
    expect(types).toEqual([
      'message_start',
      'content_block_start',
      ...words.map(() => 'content_block_delta'),
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });

  it("supports the client's helper for streams", async () => {
    const client = await startWithClient({ otherwise: 'ok', reply: ' two  words\n' });
    const message = await client.messages.stream(question).finalMessage();
    expect(message).toMatchObject({ content: [{ text: ' two  words\n' }], stop_reason: 'end_turn' });
    expect(message.usage.output_tokens).toBe(4);
  });

  it('lists the models of Anthropic, and an OpenAI client those of OpenAI', async () => {
    const client = await startWithClient({ otherwise: 'ok' });
    const models = await client.models.list();
    expect(models.data.map(({ id }) => id)).toContain('claude-sonnet-5');
    const openai = new OpenAI({ apiKey: 'key-1', baseURL: server.openaiBaseURL, maxRetries: 0 });
    expect((await openai.models.list()).data.map(({ id }) => id)).toContain('gpt-4o-mini');
    expect(server.requests.map(({ provider }) => provider)).toEqual(['anthropic', 'openai']);
  });

  it('throws its own errors for wrong requests', async () => {
    const client = await startWithClient({ otherwise: 'ok' });
    const incomplete = client.messages.create({ ...question, max_tokens: 0 });
    await expect(incomplete).rejects.toThrow(BadRequestError);
    await expect(incomplete).rejects.toMatchObject({ apiMessage: 'max_tokens: Field required' });
    await expect(client.post('/v1/messages')).rejects.toThrow(BadRequestError);
    await expect(client.get('/v1/nothing')).rejects.toThrow(NotFoundError);
  });

  it('throws its own error for a step', async () => {
    const client = await startWithClient({ keys: { 'key-1': ['invalid-key', 'unavailable'] } });
    await expect(client.messages.create(question)).rejects.toThrow(AuthenticationError);
    await expect(client.models.list()).rejects.toMatchObject({ status: 529, type: 'overloaded_error' });
  });
});

describe('plain code', () => {
  const ask = (headers: Record<string, string>) =>
    fetch(`${server.url}/v1/messages`, { method: 'POST', headers, body: JSON.stringify(question) });

  it('sends its key in either header', async () => {
    server = await startProviderServer({ keys: { 'key-1': ['ok'], 'key-2': ['ok'] } });
    expect((await ask({ 'x-api-key': 'key-1' })).status).toBe(200);
    expect((await ask({ authorization: 'Bearer key-2' })).status).toBe(200);
    expect(server.requests.map(({ key, provider }) => [key, provider])).toEqual([
      ['key-1', 'anthropic'],
      ['key-2', 'anthropic'],
    ]);
  });

  it('is refused without a key', async () => {
    server = await startProviderServer({ otherwise: 'ok' });
    const response = await ask({ 'anthropic-version': '2023-06-01' });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { message: 'x-api-key header is required' } });
  });
});
