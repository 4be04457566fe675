import { type ProviderServer, type ProviderServerOptions, startProviderServer } from '@api-key-fallback/testing';
import OpenAI, { APIConnectionError, APIError, APIUserAbortError } from 'openai';
import { afterEach, describe, expect, it, vi } from 'vitest';

let server: ProviderServer;

async function startWithClient(options: ProviderServerOptions): Promise<OpenAI> {
  server = await startProviderServer(options);
  return new OpenAI({
    apiKey: 'key-1',
    baseURL: server.openaiBaseURL,
    maxRetries: 0,
    organization: null,
    project: null,
  });
}

const chat = {
  model: 'gpt-5.6',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Olá' },
    { role: 'assistant', content: 'Olá!' },
    { role: 'user', content: 'Como você está?' },
  ],
} satisfies OpenAI.ChatCompletionCreateParams;

async function readWords(stream: AsyncIterable<OpenAI.ChatCompletionChunk>, words: string[] = []): Promise<void> {
  for await (const chunk of stream) words.push(chunk.choices[0]?.delta.content ?? '');
}

afterEach(() => server.close());

describe('the real openai client', () => {
  it('completes a chat', async () => {
    const client = await startWithClient({ otherwise: 'ok' });
    const completion = await client.chat.completions.create(chat);
    expect(completion).toMatchObject({ object: 'chat.completion', model: 'gpt-5.6' });
    expect(completion.id).toMatch(/^chatcmpl-\w{32}$/);
    expect(completion.choices).toMatchObject([
      { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'You said: Como você está?' } },
    ]);
    const { prompt_tokens, completion_tokens, total_tokens } = completion.usage ?? {};
    expect(total_tokens).toBe(Number(prompt_tokens) + Number(completion_tokens));
    expect(completion_tokens).toBe(5);
  });

  it('streams a chat word by word', async () => {
    const client = await startWithClient({ otherwise: 'ok' });
    const stream = await client.chat.completions.create({
      ...chat,
      stream: true,
      stream_options: { include_usage: true },
    });
    const words: string[] = [];
    let finishReason: string | null = null;
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of stream) {
      const [choice] = chunk.choices;
      if (choice?.delta.content) words.push(choice.delta.content);
      finishReason = choice?.finish_reason ?? finishReason;
      usage = chunk.usage ?? usage;
    }
    expect(words).toEqual(['You ', 'said: ', 'Como ', 'você ', 'está?']);
    expect(finishReason).toBe('stop');
    expect(usage?.completion_tokens).toBe(5);
  });

  it('ends a streamed chat with [DONE]', async () => {
    const client = await startWithClient({ otherwise: 'ok' });
    const response = await client.chat.completions.create({ ...chat, stream: true }).asResponse();
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const lines = (await response.text()).trimEnd().split('\n\n');
    expect(lines.at(-1)).toBe('data: [DONE]');
    expect(lines.slice(0, -1).every((line) => JSON.parse(line.slice('data: '.length)).choices.length === 1)).toBe(true);
  });

  it("supports the client's helper for streamed chats", async () => {
    const client = await startWithClient({ otherwise: 'ok', reply: ' two  words\n' });
    expect(await client.chat.completions.stream(chat).finalContent()).toBe(' two  words\n');
  });

  it('creates a response', async () => {
    const client = await startWithClient({ otherwise: 'ok' });
    const response = await client.responses.create({ model: 'gpt-5.6', input: 'Olá', instructions: 'Be brief.' });
    expect(response.output_text).toBe('You said: Olá');
    expect(response).toMatchObject({ object: 'response', status: 'completed', error: null, instructions: 'Be brief.' });
  });

  it('streams a response event by event', async () => {
    const client = await startWithClient({ otherwise: 'ok' });
    const content = [
      { type: 'input_text', text: 'Olá ' },
      { type: 'input_text', text: 'mundo' },
    ] as const;
    const stream = await client.responses.create({
      model: 'gpt-5.6',
      input: [{ role: 'user', content: [...content] }],
      stream: true,
    });
    const types: string[] = [];
    let text = '';
    let completed: OpenAI.Responses.Response | undefined;
    for await (const event of stream) {
      expect(event.sequence_number).toBe(types.length);
      types.push(event.type);
      if (event.type === 'response.output_text.delta') text += event.delta;
      if (event.type === 'response.completed') completed = event.response;
    }
    expect(text).toBe('You said: Olá mundo');
    expect(completed?.output).toMatchObject([{ content: [{ text: 'You said: Olá mundo' }] }]);
    expect([...new Set(types)]).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
  });

  it("supports the client's helper for streamed responses", async () => {
    const client = await startWithClient({ otherwise: 'ok' });
    const final = await client.responses.stream({ model: 'gpt-5.6', input: 'Olá' }).finalResponse();
    expect(final.output_text).toBe('You said: Olá');
  });

  it('lists models', async () => {
    const client = await startWithClient({ otherwise: 'ok' });
    const { data } = await client.models.list();
    expect(data.map(({ id }) => id)).toContain('gpt-5.6');
  });

  it('gets the reply of a function', async () => {
    const client = await startWithClient({ otherwise: 'ok', reply: ({ key, path }) => `${key} on ${path}` });
    const completion = await client.chat.completions.create(chat);
    expect(completion.choices[0]?.message.content).toBe('key-1 on /v1/chat/completions');
  });

  it('gets the message of a reply function that throws', async () => {
    const client = await startWithClient({
      otherwise: 'ok',
      reply: () => {
        throw new Error('No idea');
      },
    });
    await expect(client.chat.completions.create(chat)).rejects.toThrow('500 Error: No idea');
  });

  it('gets a clear error for a missing parameter and for a body that is not JSON', async () => {
    const client = await startWithClient({ otherwise: 'ok' });
    await expect(client.post('/chat/completions', { body: { model: 'gpt-5.6' } })).rejects.toMatchObject({
      status: 400,
      message: "400 Missing required parameter: 'messages'.",
    });
    await expect(client.responses.create({ model: 'gpt-5.6' })).rejects.toMatchObject({
      status: 400,
      code: 'missing_required_parameter',
      param: 'input',
    });
    await expect(client.post('/chat/completions', { body: 'text' })).rejects.toMatchObject({ status: 400, code: null });
  });
});

describe('failures of OpenAI', () => {
  it.each([
    ['rate-limited', { status: 429, code: 'rate_limit_exceeded', message: '429 Rate limit exceeded' }],
    ['quota-exhausted', { status: 429, code: 'credit_balance_exhausted', type: 'insufficient_quota' }],
    ['invalid-key', { status: 401, message: expect.stringContaining('Incorrect API key provided') }],
    ['server-error', { status: 500, type: 'server_error' }],
    ['unavailable', { status: 503, code: 'server_is_overloaded' }],
    ['account_deactivated', { status: 401, code: 'account_deactivated' }],
  ] as const)('throw for %s as in the real client', async (step, expected) => {
    const client = await startWithClient({ keys: { 'key-1': [step] } });
    const error = await client.chat.completions.create(chat).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject(expected);
    expect(server.requestCount()).toBe(1);
  });

  it('state no wait when rate-limited', async () => {
    const client = await startWithClient({ keys: { 'key-1': ['rate-limited'] } });
    const error = await client.models.list().catch((thrown: unknown) => thrown);
    expect(error instanceof APIError && error.headers?.has('retry-after')).toBe(false);
  });

  it('come before the stream when a streaming request is refused', async () => {
    const client = await startWithClient({ keys: { 'key-1': ['invalid-key'] } });
    await expect(client.chat.completions.create({ ...chat, stream: true })).rejects.toMatchObject({ status: 401 });
  });

  it('come with the first event of a recorded stream', async () => {
    const client = await startWithClient({ keys: { 'key-1': ['stream_first_event_error'] } });
    const stream = await client.chat.completions.create({ ...chat, stream: true });
    await expect(readWords(stream)).rejects.toMatchObject({ status: undefined, code: 'rate_limit_exceeded' });
  });

  it('cut a stream after the first words', async () => {
    const client = await startWithClient({ keys: { 'key-1': ['reset-mid-body'] } });
    const stream = await client.chat.completions.create({ ...chat, stream: true });
    const words: string[] = [];
    await expect(readWords(stream, words)).rejects.toThrow('terminated');
    expect(words).toEqual(['', 'You ', 'said: ', 'Como ']);
  });

  it('are connection errors when the connection is reset', async () => {
    const client = await startWithClient({ keys: { 'key-1': ['reset', 'socket_reset'] } });
    await expect(client.chat.completions.create(chat)).rejects.toThrow(APIConnectionError);
    await expect(client.chat.completions.create(chat)).rejects.toMatchObject({
      cause: { cause: { code: 'UND_ERR_SOCKET' } },
    });
    expect(server.requestCount()).toBe(2);
  });

  it('include a request that hangs until the caller aborts', async () => {
    const client = await startWithClient({ keys: { 'key-1': ['hang'] } });
    const caller = new AbortController();
    const hanging = client.chat.completions.create(chat, { signal: caller.signal });
    await Promise.all([
      expect(hanging).rejects.toThrow(APIUserAbortError),
      vi.waitFor(() => expect(server.requestCount()).toBe(1)).then(() => caller.abort()),
    ]);
  });
});
