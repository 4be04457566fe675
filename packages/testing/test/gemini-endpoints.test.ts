import { type ProviderServer, type ProviderServerOptions, startProviderServer } from '@api-key-fallback/testing';
import { GoogleGenAI } from '@google/genai';
import { afterEach, describe, expect, it } from 'vitest';

const key = 'AIzaSyEndpoints0123456789';
const model = 'gemini-3.6-flash';

let server: ProviderServer;

async function startWithClient(options: ProviderServerOptions = {}): Promise<GoogleGenAI> {
  server = await startProviderServer({ keys: { [key]: [] }, ...options });
  return new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: server.url, apiVersion: 'v1beta' } });
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

afterEach(() => server.close());

describe('the real Gemini client', () => {
  it('generates content', async () => {
    const client = await startWithClient();
    const response = await client.models.generateContent({ model, contents: 'Olá Gemini' });
    expect(response.text).toBe('You said: Olá Gemini');
    expect(response.modelVersion).toBe(model);
    expect(response.candidates?.[0]?.finishReason).toBe('STOP');
    expect(response.usageMetadata).toMatchObject({ promptTokenCount: 2, candidatesTokenCount: 4, totalTokenCount: 6 });
    expect(server.requests).toMatchObject([
      { key, provider: 'gemini', method: 'POST', path: `/v1beta/models/${model}:generateContent`, answer: 'ok' },
    ]);
  });

  it('streams content word by word, and ends with the reason and the usage', async () => {
    const client = await startWithClient({ reply: 'one two three' });
    const chunks = await collect(await client.models.generateContentStream({ model, contents: 'Hi' }));
    expect(chunks.map(({ text }) => text)).toEqual(['one ', 'two ', 'three']);
    expect(chunks.map(({ candidates }) => candidates?.[0]?.finishReason)).toEqual([undefined, undefined, 'STOP']);
    expect(chunks.at(-1)?.usageMetadata?.candidatesTokenCount).toBe(3);
  });

  it('answers the last message of a conversation', async () => {
    const client = await startWithClient();
    const chat = client.chats.create({ model });
    await chat.sendMessage({ message: 'First' });
    expect((await chat.sendMessage({ message: 'Second' })).text).toBe('You said: Second');
  });

  it('lists models page by page, describes them and counts tokens', async () => {
    const client = await startWithClient();
    const models = await collect(await client.models.list({ config: { pageSize: 3 } }));
    expect(models.map(({ name }) => name)).toContain(`models/${model}`);
    expect(server.requestCount()).toBe(2);
    expect((await client.models.get({ model })).name).toBe(`models/${model}`);
    expect((await client.models.countTokens({ model, contents: 'one two' })).totalTokens).toBe(2);
  });

  it('gets an error of Gemini for a step, a wrong key and a missing resource', async () => {
    const client = await startWithClient({ keys: { [key]: ['quota-exhausted', 'ok'] } });
    await expect(client.models.generateContent({ model, contents: 'Hi' })).rejects.toMatchObject({ status: 429 });
    await expect(client.interactions.get('none')).rejects.toMatchObject({ status: 404 });
    const wrong = new GoogleGenAI({ apiKey: 'wrong', httpOptions: { baseUrl: server.url } });
    await expect(wrong.models.list()).rejects.toThrow('API_KEY_INVALID');
  });
});

describe('plain requests', () => {
  const generate = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${server.url}${path}`, {
      method: 'POST',
      body: JSON.stringify({ contents: [{ parts: [{ text: 'a b' }] }] }),
      ...init,
    });

  it('can send the key as a parameter, and get a stream as an array', async () => {
    await startWithClient();
    const response = await generate(`/v1beta/models/${model}:streamGenerateContent?key=${key}`);
    expect(await response.json()).toMatchObject([{}, {}, { candidates: [{ content: { role: 'model' } }] }, {}]);
    expect(server.requests).toMatchObject([{ key, provider: 'gemini', query: { key } }]);
  });

  it("get Google's error without a key, and without a prompt", async () => {
    await startWithClient();
    const withoutKey = await generate(`/v1beta/models/${model}:generateContent`);
    expect(await withoutKey.json()).toMatchObject({ error: { code: 403, status: 'PERMISSION_DENIED' } });
    const withoutPrompt = await generate(`/v1/models/${model}:generateContent`, {
      headers: { 'x-goog-api-key': key },
      body: '{}',
    });
    expect(await withoutPrompt.json()).toMatchObject({ error: { code: 400, status: 'INVALID_ARGUMENT' } });
  });

  it('are told apart from those to OpenAI by the place of the key', async () => {
    await startWithClient();
    await fetch(`${server.url}/v1/models`, { headers: { 'x-goog-api-key': key } });
    await fetch(`${server.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
    await fetch(`${server.url}/v1/models`);
    expect(server.requests.map(({ provider }) => provider)).toEqual(['gemini', 'openai', 'openai']);
  });
});
