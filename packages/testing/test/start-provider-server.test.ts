import { type ProviderServer, type ProviderServerOptions, startProviderServer } from '@api-key-fallback/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';

let server: ProviderServer;

async function start(options?: ProviderServerOptions): Promise<void> {
  server = await startProviderServer(options);
}

function listModels(key: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${server.openaiBaseURL}/models`, { ...init, headers: { authorization: `Bearer ${key}` } });
}

async function statusesOf(key: string, count: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let request = 0; request < count; request += 1) statuses.push((await listModels(key)).status);
  return statuses;
}

afterEach(() => server.close());

describe('the script of a key', () => {
  it('is used one step per request, and its last step repeats', async () => {
    await start({ keys: { 'key-1': ['rate-limited', 'ok', 'unavailable'] } });
    expect(await statusesOf('key-1', 5)).toEqual([429, 200, 503, 503, 503]);
  });

  it('is independent of the scripts of other keys', async () => {
    await start({ keys: { 'key-1': ['server-error', 'ok'], 'key-2': ['invalid-key'] } });
    expect(await statusesOf('key-2', 2)).toEqual([401, 401]);
    expect(await statusesOf('key-1', 2)).toEqual([500, 200]);
  });

  it('responds ok when it is empty', async () => {
    await start({ keys: { 'key-1': [] } });
    expect(await statusesOf('key-1', 2)).toEqual([200, 200]);
  });

  it('can be replaced while the server runs, even for a new key', async () => {
    await start({ keys: { 'key-1': ['ok', 'ok', 'unavailable'] } });
    await listModels('key-1');
    server.script('key-1', ['rate-limited', 'ok']);
    server.script('key-2', ['ok']);
    expect(await statusesOf('key-1', 3)).toEqual([429, 200, 200]);
    expect(await statusesOf('key-2', 1)).toEqual([200]);
  });

  it('does not modify the given array', async () => {
    const steps = ['rate-limited', 'ok'] as const;
    await start({ keys: { 'key-1': steps } });
    await statusesOf('key-1', 3);
    expect(steps).toEqual(['rate-limited', 'ok']);
  });

  it('applies to endpoints that the server does not implement', async () => {
    await start({ keys: { 'key-1': ['rate-limited', 'ok'] } });
    const moderations = (): Promise<Response> =>
      fetch(`${server.openaiBaseURL}/moderations`, { method: 'POST', headers: { authorization: 'Bearer key-1' } });
    expect((await moderations()).status).toBe(429);
    const unknown = await moderations();
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({
      error: { message: 'Invalid URL (POST /v1/moderations)', code: null },
    });
  });
});

describe('invalid options', () => {
  it.each<[unknown, string]>([
    [{ key: { 'key-1': ['ok'] } }, 'Unknown option "key". Did you mean "keys"? Known: keys, otherwise, reply.'],
    [{ otherwise: ['ok'] }, "A step must be a name or an object; it is a list. Write otherwise: 'ok', for example."],
    [{ keys: ['key-1'] }, "The steps of a key must be a list: { 'key-1': ['rate-limited', 'ok'] }."],
    [{ keys: { 'key-1': 'ok' } }, "The steps of a key must be a list: { 'key-1': ['rate-limited', 'ok'] }."],
    [null, '"options" must be an object; it is null.'],
  ])('%j are refused', async (options, message) => {
    await expect(startProviderServer(options as never)).rejects.toThrow(message);
  });
});

describe('keys without a script', () => {
  it('are invalid', async () => {
    await start();
    const response = await listModels('stranger');
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_api_key' } });
  });

  it('get the step in `otherwise`', async () => {
    await start({ keys: { 'key-1': ['rate-limited'] }, otherwise: 'ok' });
    expect(await statusesOf('stranger', 1)).toEqual([200]);
    expect(await statusesOf('key-1', 1)).toEqual([429]);
  });

  it('are not confused with inherited object properties', async () => {
    await start();
    expect(await statusesOf('constructor', 1)).toEqual([401]);
  });
});

describe('a connection that fails', () => {
  it('hangs until the caller aborts', async () => {
    await start({ keys: { 'key-1': ['hang', 'ok'] } });
    const caller = new AbortController();
    const hanging = listModels('key-1', { signal: caller.signal });
    await vi.waitFor(() => expect(server.requestCount('key-1')).toBe(1));
    caller.abort();
    await expect(hanging).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(await statusesOf('key-1', 1)).toEqual([200]);
  });

  it('is reset before any response', async () => {
    await start({ keys: { 'key-1': ['reset', 'ok'] } });
    await expect(listModels('key-1')).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { code: 'UND_ERR_SOCKET' },
    });
    expect(await statusesOf('key-1', 1)).toEqual([200]);
    expect(server.requestCount()).toBe(2);
  });

  it('is cut off in the body', async () => {
    await start({ keys: { 'key-1': ['reset-mid-body'] } });
    const response = await listModels('key-1');
    expect(response.status).toBe(200);
    await expect(response.json()).rejects.toMatchObject({ message: 'terminated', cause: { code: 'UND_ERR_SOCKET' } });
  });
});

describe('a literal stream', () => {
  async function read(response: Response): Promise<{ text: string; error: unknown }> {
    let text = '';
    try {
      for await (const chunk of response.body ?? []) text += new TextDecoder().decode(chunk);
      return { text, error: undefined };
    } catch (error) {
      return { text, error };
    }
  }

  it('ends after its last chunk, even without chunks', async () => {
    await start({ keys: { 'key-1': [{ chunks: ['data: 1\n\n', 'data: 2\n\n'] }, { chunks: [] }] } });
    const response = await listModels('key-1');
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    await expect(read(response)).resolves.toEqual({ text: 'data: 1\n\ndata: 2\n\n', error: undefined });
    await expect(read(await listModels('key-1'))).resolves.toEqual({ text: '', error: undefined });
    expect(server.requests.map(({ answer }) => answer)).toEqual([200, 200]);
  });

  it('destroys the connection after its last chunk', async () => {
    await start({ keys: { 'key-1': [{ chunks: ['data: 1\n\n'], ending: 'reset' }] } });
    const response = await listModels('key-1');
    expect(response.status).toBe(200);
    expect((await read(response)).error).toMatchObject({ message: 'terminated' });
  });

  it('hangs after its last chunk and stays open until the client stops reading', async () => {
    await start({ keys: { 'key-1': [{ chunks: ['data: 1\n\n'], ending: 'hang' }] } });
    const response = await listModels('key-1');
    const reader = response.body?.getReader();
    await expect(reader?.read()).resolves.toMatchObject({ done: false });
    expect(server.openCount).toBe(1);
    await reader?.cancel();
    await vi.waitFor(() => expect(server.openCount).toBe(0));
  });

  it('is rejected when it is invalid', async () => {
    await start();
    expect(() => server.script('key-1', [{ chunks: [1] as unknown as string[] }])).toThrow(TypeError);
    expect(() => server.script('key-1', [{ chunks: [], ending: 'stop' as 'end' }])).toThrow('"stop"');
  });
});

describe('the record of requests', () => {
  it('contains key, request, time and answer', async () => {
    await start({ keys: { 'key-1': ['rate-limited', { status: 503 }, 'hang'], 'key-2': [] } });
    const before = Date.now();
    await listModels('key-1');
    await fetch(`${server.openaiBaseURL}/chat/completions?a=1&b=2&a=3`, {
      method: 'POST',
      headers: { authorization: 'Bearer key-1' },
      body: JSON.stringify({ model: 'gpt-5.6' }),
    });
    await fetch(`${server.youtubeRootUrl}youtube/v3/search?part=id&key=key-2`);
    await fetch(`${server.url}/weather`, { method: 'PUT', headers: { 'x-rapidapi-key': 'key-3' }, body: 'no JSON' });
    const after = Date.now();

    const at = expect.toSatisfy((time: number) => time >= before && time <= after);
    expect(server.requests).toEqual([
      { key: 'key-1', provider: 'openai', method: 'GET', path: '/v1/models', at, answer: 'rate-limited' },
      {
        key: 'key-1',
        provider: 'openai',
        method: 'POST',
        path: '/v1/chat/completions',
        query: { a: '1,3', b: '2' },
        body: { model: 'gpt-5.6' },
        at,
        answer: 503,
      },
      {
        key: 'key-2',
        provider: 'youtube',
        method: 'GET',
        path: '/youtube/v3/search',
        query: { part: 'id', key: 'key-2' },
        at,
        answer: 'ok',
      },
      {
        key: 'key-3',
        provider: 'rapidapi',
        method: 'PUT',
        path: '/weather',
        body: 'no JSON',
        at,
        answer: 'invalid-key',
      },
    ]);
    expect(server.requestCount()).toBe(4);
    expect(server.requestCount('key-1')).toBe(2);
    expect(server.requestCount('key-4')).toBe(0);
  });

  it('includes requests without a key', async () => {
    await start({ otherwise: 'ok' });
    const response = await fetch(`${server.openaiBaseURL}/models`);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining("didn't provide an API key") },
    });
    expect(server.requests).toMatchObject([{ provider: 'openai', answer: 'missing-key' }]);
    expect(server.requests[0]).not.toHaveProperty('key');
  });

  it('counts a hundred concurrent requests exactly, and uses each step once', async () => {
    await start({
      keys: { 'key-1': [...Array.from({ length: 30 }, () => 'rate-limited' as const), 'ok'], 'key-2': [] },
    });
    const requests = Array.from({ length: 100 }, (_, index) => listModels(index % 2 ? 'key-1' : 'key-2'));
    const statuses = (await Promise.all(requests)).map((response) => response.status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(30);
    expect(statuses.filter((status) => status === 200)).toHaveLength(70);
    expect([server.requestCount('key-1'), server.requestCount('key-2')]).toEqual([50, 50]);
  });
});
