import { type ProviderServer, type ProviderServerOptions, startProviderServer } from '@api-key-fallback/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let server: ProviderServer;

async function start(options?: ProviderServerOptions): Promise<void> {
  server = await startProviderServer(options);
}

function listModels(key: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${server.openaiBaseURL}/models`, { ...init, headers: { authorization: `Bearer ${key}` } });
}

afterEach(() => server.close());

describe('an invalid step', () => {
  beforeEach(() => start());

  it('is rejected at the start, with a list of the valid names', async () => {
    // @ts-expect-error: a misspelt name does not compile
    const starting = startProviderServer({ keys: { 'key-1': ['ok', 'rate-limitd'] } });
    await expect(starting).rejects.toThrow(TypeError);
    await expect(starting).rejects.toThrow(/Unknown step "rate-limitd".*: ok, hang, .*rate-limited.*slow_down/);
  });

  it('is rejected for unknown keys and in a later script, which stays unchanged', async () => {
    // @ts-expect-error: a misspelt name does not compile
    await expect(startProviderServer({ otherwise: 'toString' })).rejects.toThrow('Unknown step "toString"');
    server.script('key-1', ['unavailable']);
    // @ts-expect-error: a misspelt name does not compile
    expect(() => server.script('key-1', ['ok', 'nope'])).toThrow('Unknown step "nope"');
    expect((await listModels('key-1')).status).toBe(503);
  });

  it.each([0, 199, 600, 200.5, Number.NaN])('is a literal status of %s', async (status) => {
    await expect(startProviderServer({ otherwise: { status } })).rejects.toThrow('from 200 to 599');
  });

  it('is a literal header that HTTP does not allow', async () => {
    await expect(startProviderServer({ otherwise: { status: 200, headers: { 'a b': 'c' } } })).rejects.toThrow('a b');
    await expect(startProviderServer({ otherwise: { status: 200, headers: { a: 'b\nc' } } })).rejects.toThrow(
      TypeError,
    );
  });
});

describe('a literal response', () => {
  it('is sent unchanged', async () => {
    const answer = { status: 418, headers: { 'Retry-After': '3', 'x-team': 'tea' }, body: { short: ['and', 'stout'] } };
    await start({ otherwise: answer });
    const response = await listModels('key-1');
    expect(response.status).toBe(418);
    expect(response.headers.get('retry-after')).toBe('3');
    expect(response.headers.get('x-team')).toBe('tea');
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ short: ['and', 'stout'] });
  });

  it('can be text with its own content type, or have no body', async () => {
    const html = { status: 502, headers: { 'Content-Type': 'text/html' }, body: '<h1>Bad gateway</h1>' };
    await start({ keys: { 'key-1': [html, { status: 429 }] } });
    const first = await listModels('key-1');
    expect(first.headers.get('content-type')).toBe('text/html');
    expect(await first.text()).toBe('<h1>Bad gateway</h1>');
    const second = await listModels('key-1');
    expect(second.headers.get('content-type')).toBeNull();
    expect(await second.text()).toBe('');
  });

  it('fills in the key and the time in headers, text and nested fields', async () => {
    const headers = { 'x-echo': '<{{KEY}}>', 'x-reset': '{{EPOCH+60}}' };
    const body = { list: [{ text: '{{KEY}} and {{KEY}} at {{EPOCH+0}}' }], number: 1 };
    await start({
      keys: {
        'a"$&': [
          { status: 401, headers, body },
          { status: 401, body: 'bad {{KEY}}' },
        ],
      },
    });
    const before = Math.floor(Date.now() / 1000);
    const response = await listModels('a"$&');
    const after = Math.floor(Date.now() / 1000);

    expect(response.headers.get('x-echo')).toBe('<a"$&>');
    const reset = Number(response.headers.get('x-reset'));
    expect(reset).toBeGreaterThanOrEqual(before + 60);
    expect(reset).toBeLessThanOrEqual(after + 60);
    expect(await response.json()).toEqual({
      list: [{ text: expect.stringMatching(/^a"\$& and a"\$& at \d{10}$/) }],
      number: 1,
    });
    expect(await (await listModels('a"$&')).text()).toBe('bad a"$&');
  });
});

describe('RapidAPI', () => {
  const headers = { 'x-rapidapi-key': 'key-1', 'x-rapidapi-host': 'weather.p.rapidapi.com' };

  it('responds to any path for a valid key, except the root', async () => {
    await start({ otherwise: 'ok' });
    const response = await fetch(`${server.url}/v1/forecast?city=Lisboa`, { headers });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ ok: true, path: '/v1/forecast', query: { city: 'Lisboa' } });
    const root = await fetch(server.url, { headers });
    expect(root.status).toBe(404);
    expect(await root.json()).toEqual({ message: "Endpoint '/' does not exist" });
  });

  it.each([
    ['rate-limited', 429, 'Too many requests'],
    ['quota-exhausted', 429, 'DAILY quota'],
    ['invalid-key', 401, 'Invalid API key'],
    ['server-error', 500, 'Oops'],
    ['unavailable', 504, 'timed out'],
  ] as const)('has its own %s', async (step, status, text) => {
    await start({ otherwise: step });
    const response = await fetch(`${server.url}/weather`, { headers });
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(text);
  });

  it('rejects a request without the key header', async () => {
    await start({ otherwise: 'ok' });
    const response = await fetch(`${server.url}/weather`, {
      headers: { 'x-rapidapi-host': headers['x-rapidapi-host'] },
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ message: expect.stringContaining('Invalid API key') });
  });
});
