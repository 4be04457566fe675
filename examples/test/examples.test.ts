import { globSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startProviderServer, type ProviderServer } from '@api-key-fallback/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runExample } from './run-example.ts';

const [first, second] = ['sk-example-first-00001', 'sk-example-second-0001'] as const;

/** These need no key; an adapter alone calls nothing. */
const keyless = ['alerts.ts', 'rotate-keys.ts', 'redis.ts', 'shared-state.ts', 'tenants.ts', 'weather-adapter.ts'];
const keyed = globSync('*.ts', { cwd: join(import.meta.dirname, '..') }).filter((file) => !keyless.includes(file));

describe('the examples', () => {
  let server: ProviderServer;
  let openai: Record<string, string>;

  beforeAll(async () => {
    server = await startProviderServer({ keys: {} });
    openai = { OPENAI_BASE_URL: server.openaiBaseURL, OPENAI_API_KEY: first, OPENAI_API_KEY_2: second };
  });
  beforeEach(() => {
    server.script(first, ['ok']);
    server.script(second, ['ok']);
  });
  afterAll(() => server.close());

  it('decorator: continues with the second key', async () => {
    server.script(first, ['invalid-key']);
    const { code, output } = await runExample('decorator.ts', openai);
    expect(output).toContain('OpenAI: Key 1/2 failed. Trying next key...');
    expect(output).toContain('Olá, como você está?');
    expect(output).not.toContain(first);
    expect(code).toBe(0);
  });

  it('rotate-keys: rotates the key of a mounted file without a failed call', async () => {
    const { code, output } = await runExample('rotate-keys.ts');
    expect(output).toContain('The keys have changed (changed, file openai).');
    expect(output).toMatch(/^0 of \d+ calls failed\.$/m);
    expect(output).toContain('Requests with the old key: true, with the new key: true.');
    expect(code).toBe(0);
  });

  it('alerts: sends a message when a key is refused, when none is left, and when it is over', async () => {
    const { code, output } = await runExample('alerts.ts');
    expect(output.match(/(?<=Webhook: ).+/g)).toEqual([
      'test, info: A test message',
      'alert, warning: OpenAI: one key left (and 1 more)',
      'alert, critical: OpenAI: no key left',
      'resolved, critical: OpenAI: no key left (and 2 more)',
    ]);
    expect(output.match(/(?<=Subject: ).+/g)?.at(2)).toBe('[critical] OpenAI: no key left');
    expect(output).toMatch(/\| The first key is back in (?:1 hour|\d+ minutes) \(/);
    expect(output).not.toMatch(/sk-demo-\w+-\w{8}/);
    expect(code).toBe(0);
  });

  it('tenants: serves each tenant with its own keys', async () => {
    const { code, output } = await runExample('tenants.ts');
    expect(output.trim().split('\n')).toEqual([
      'acme: You said: Olá',
      'globex: You said: Olá',
      'globex: no key left in the pool "globex" (rate-limited)',
      expect.stringMatching(/^initech: Unknown pool "initech" of "openai" \(known: acme, globex\)\./),
      'acme, key 1: cooling, 1 attempts',
      'acme, key 2: healthy, 1 attempts',
      'globex, key 1: cooling, 2 attempts',
    ]);
    expect(code).toBe(0);
  });

  it('without-a-class: reports the invalid key and lists the models', async () => {
    server.script(first, ['invalid-key']);
    const { code, output } = await runExample('without-a-class.ts', openai);
    expect(output).toContain('Replace OPENAI_API_KEY: invalid_api_key');
    expect(output).toMatch(/^Models: \S/m);
    expect(output).toContain('OPENAI_API_KEY_2 sk-…0001 healthy: 1 of 1 attempts succeeded');
    expect(code).toBe(0);
  });

  it('anthropic: streams with the second key when the credit of the first is spent', async () => {
    const [one, two] = ['sk-ant-example-first-001', 'sk-ant-example-second-01'];
    server.script(one, ['credit_balance_too_low']);
    server.script(two, ['ok']);
    const { code, output } = await runExample('anthropic.ts', {
      ANTHROPIC_BASE_URL: server.url,
      ANTHROPIC_API_KEY: one,
      ANTHROPIC_API_KEY_2: two,
    });
    expect(output).toContain('Anthropic: Success with key 2/2');
    expect(output).toContain('You said: Olá, como você está?');
    expect([server.requestCount(one), server.requestCount(two)]).toEqual([1, 1]);
    expect(code).toBe(0);
  });

  it('youtube: searches with the second key when the search quota of the first is exhausted', async () => {
    const [one, two] = ['AIza-example-first-001', 'AIza-example-second-01'];
    server.script(one, ['search_bucket_daily_429']);
    server.script(two, ['ok']);
    const { code, output } = await runExample('youtube.ts', {
      YOUTUBE_ROOT_URL: server.youtubeRootUrl,
      YOUTUBE_API_KEY: one,
      YOUTUBE_API_KEY_2: two,
    });
    expect(output).toContain('YouTube: Success with key 2/2');
    expect([server.requestCount(one), server.requestCount(two)]).toEqual([1, 1]);
    expect(code).toBe(0);
  });

  it('gemini: continues with the second key when the daily quota of the first is exhausted', async () => {
    const [one, two] = ['AIza-example-gemini-01', 'AIza-example-gemini-02'];
    server.script(one, ['quota-exhausted']);
    server.script(two, ['ok']);
    const { code, output } = await runExample('gemini.ts', {
      GOOGLE_GEMINI_BASE_URL: server.url,
      GEMINI_API_KEY: one,
      GEMINI_API_KEY_2: two,
    });
    expect(output).toContain('Gemini: Success with key 2/2');
    expect(output).toContain('You said: Olá, como você está?');
    expect(output).toContain('You said: Conte até três.');
    expect([server.requestCount(one), server.requestCount(two)]).toEqual([1, 2]);
    expect(code).toBe(0);
  });

  it('rapidapi: continues with the second key when the first is not subscribed to the API', async () => {
    const [one, two] = ['rapidapi-example-first-01', 'rapidapi-example-second-1'];
    server.script(one, ['not_subscribed']);
    server.script(two, ['ok']);
    const { code, output } = await runExample('rapidapi.ts', {
      RAPIDAPI_URL: server.url,
      RAPIDAPI_KEY: one,
      RAPIDAPI_KEY_2: two,
    });
    expect(output).toContain('RapidAPI: Error on attempt 1/3: You are not subscribed to this API.');
    expect(output).toContain('RapidAPI: Success with key 2/2');
    expect(output).toContain('RAPIDAPI_KEY healthy weatherapi-com.p.rapidapi.com: disabled');
    expect([server.requestCount(one), server.requestCount(two)]).toEqual([1, 1]);
    expect(code).toBe(0);
  });

  it('own-provider: classifies errors with its own adapter', async () => {
    const seenKeys: (string | undefined)[] = [];
    const weather = createServer((request, response) => {
      seenKeys.push(request.headers.authorization);
      const isSpent = request.headers.authorization === 'Bearer weather-key-000001';
      response.writeHead(isSpent ? 403 : 200, { 'content-type': 'application/json' }).end('{"sky":"clear"}');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => weather.once('listening', resolve));
    const { port } = weather.address() as AddressInfo;
    const { code, output } = await runExample('own-provider.ts', {
      WEATHER_URL: `http://127.0.0.1:${port}/`,
      WEATHER_API_KEYS: 'weather-key-000001, weather-key-000002',
    });
    weather.close();
    expect(seenKeys).toEqual(['Bearer weather-key-000001', 'Bearer weather-key-000002']);
    expect(output).toContain("{ sky: 'clear' }");
    expect(code).toBe(0);
  });

  it.each(keyed)('%s: without a key, says which variable to set', async (file) => {
    const { code, output } = await runExample(file, { PORT: '0' });
    expect(output.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^No API key found: looked for [A-Z]+(?:_API)?_KEY, .+ in the environment/),
      'Set one in the environment or in .env (see .env.example), or run npx pnpm@12 demo, which needs no key.',
    ]);
    expect(code).toBe(1);
  });

  it.each([
    ['a folder', ''],
    ['a file that does not exist', 'decorators.ts'],
  ])('names the examples when given %s', async (_what, file) => {
    const { code, output } = await runExample(file);
    expect(output).toMatch(/^Which example\? (?:examples\/[\w-]+\.ts(?:, |$))+/m);
    expect(output).not.toContain('    at ');
    expect(code).toBe(2);
  });

  it('shows other errors as Node does', async () => {
    const { code, output } = await runExample('own-provider.ts', { WEATHER_API_KEY: 'weather-key-000001' });
    expect(output).toContain('Invalid URL');
    expect(output).toContain('    at ');
    expect(code).toBe(1);
  });
});
