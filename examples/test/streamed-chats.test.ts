import { describe, expect, it, vi } from 'vitest';
import { aiSdkRoute, eventsUntilText, plainRoutes } from './chat-routes.ts';
import { firstKey, patience, secondKey, useService } from './use-service.ts';

const keys = [firstKey, secondKey];

/** A limit of 30 s. It stays with the key in the tests after it. */
const limited = { status: 429, headers: { 'retry-after': '30' }, body: {} };

/** Reads a body to its end or its failure. */
async function readAll(response: Response): Promise<{ text: string; error?: unknown }> {
  let text = '';
  try {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += chunk;
    return { text };
  } catch (error) {
    return { text, error };
  }
}

describe.each([...plainRoutes, aiSdkRoute])('$file', { timeout: 120_000 }, (route) => {
  const service = useService(route.file);

  function chat(signal: AbortSignal | null = null): Promise<Response> {
    return fetch(`${service.url}/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(route.request('Bom dia')),
      signal,
    });
  }

  it('streams the answer of the second key when the first one is rate-limited', async () => {
    service.provider.script(firstKey, [{ ...limited, headers: { 'retry-after': '600' } }]);
    const response = await chat();
    expect(response.status).toBe(200);
    expect(route.textOf(await response.text())).toBe('You said: Bom dia');
    expect(service.provider.requests.map(({ key }) => key)).toEqual(keys);
  });

  it('ends the request to the provider when the browser leaves before the first byte', async () => {
    for (const key of keys) service.provider.script(key, ['hang']);
    const gone = new AbortController();
    const response = chat(gone.signal);
    await vi.waitFor(() => expect(service.provider.openCount).toBe(1), patience);
    gone.abort();
    await expect(response).rejects.toThrow(/abort/i);
    await vi.waitFor(() => expect(service.provider.openCount).toBe(0), patience);
  });

  it('ends the request to the provider when the browser leaves in the middle of the text', async () => {
    const chunks = await eventsUntilText(service.provider, route);
    for (const key of keys) service.provider.script(key, [{ chunks, ending: 'hang' }]);
    const gone = new AbortController();
    const { status, body } = await chat(gone.signal);
    expect(status).toBe(200);
    await body?.getReader().read();
    expect(service.provider.openCount).toBe(1);
    gone.abort();
    await vi.waitFor(() => expect(service.provider.openCount).toBe(0), patience);

    // No key is blamed: the next browser is served with one request.
    for (const key of keys) service.provider.script(key, ['ok']);
    const before = service.provider.requestCount();
    expect(route.textOf(await (await chat()).text())).toBe('You said: Bom dia');
    expect(service.provider.requestCount()).toBe(before + 1);
  });

  it('breaks the connection when the provider fails in the middle of the text', async () => {
    const chunks = await eventsUntilText(service.provider, route);
    for (const key of keys) service.provider.script(key, [{ chunks, ending: 'reset' }]);
    const response = await chat();
    expect(response.status).toBe(200);
    const { text, error } = await readAll(response);
    expect(error).toMatchObject({ message: 'terminated' });
    expect('You ').toContain(route.textOf(text));
  });

  it.each(['null', '{}', '{"prompt":5,"messages":5}', '{"prompt":" ","messages":[]}', '{"prompt":', ''])(
    'answers 400 to the body %j, and no key is used',
    async (body) => {
      const before = service.provider.requestCount();
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${service.url}/chat`, { method: 'POST', headers, body });
      expect(response.status).toBe(400);
      expect(service.provider.requestCount()).toBe(before);
    },
  );

  it('answers 503 with Retry-After before the first byte when no key is left', async () => {
    for (const key of keys) service.provider.script(key, [limited]);
    const response = await chat();
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toMatch(/^(?:29|30)$/);
    expect(await response.json()).toEqual({ error: 'rate-limited' });
  });
});

describe('a failure that waiting does not end', () => {
  const service = useService('fastify-stream.ts');

  function chat(): Promise<Response> {
    const headers = { 'content-type': 'application/json' };
    return fetch(`${service.url}/chat`, { method: 'POST', headers, body: '{"prompt":"Bom dia"}' });
  }

  it('is a 502 without the message of the provider when it refuses the prompt', async () => {
    const error = {
      message: 'Your prompt was: Bom dia',
      type: 'invalid_request_error',
      code: 'context_length_exceeded',
    };
    service.provider.script(firstKey, [{ status: 400, body: { error } }]);
    const response = await chat();
    expect(response.status).toBe(502);
    expect(response.headers.has('retry-after')).toBe(false);
    expect(await response.json()).toEqual({ error: 'The provider did not answer this prompt.' });
    expect(service.provider.requestCount()).toBe(1);
  });

  it('is a 503 without Retry-After when every key is invalid', async () => {
    for (const key of keys) service.provider.script(key, ['invalid-key']);
    const response = await chat();
    expect(response.status).toBe(503);
    expect(response.headers.has('retry-after')).toBe(false);
    expect(await response.json()).toEqual({ error: 'invalid-keys' });
  });
});
