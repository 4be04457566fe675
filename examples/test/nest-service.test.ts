import type { ChildProcess } from 'node:child_process';
import { startProviderServer, type ProviderServer } from '@api-key-fallback/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runExample, startExample } from './run-example.ts';
import { untilPrinted, type Printed } from './until-printed.ts';

const [first, second] = ['sk-example-first-00001', 'sk-example-second-0001'] as const;
const token = 'a-token-of-this-test';

let server: ProviderServer;
let child: ChildProcess | undefined;
let printed: Printed;

beforeEach(async () => {
  server = await startProviderServer({ keys: { [first]: ['ok'], [second]: ['ok'] } });
  printed = { text: '' };
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await server.close();
});

/** Starts the service. Returns its address. */
async function start(): Promise<string> {
  child = startExample('nest-service.ts', {
    OPENAI_BASE_URL: server.openaiBaseURL,
    OPENAI_API_KEY: first,
    OPENAI_API_KEY_2: second,
    DASHBOARD_TOKEN: token,
    PORT: '0',
  });
  const url = await untilPrinted(child, /Listening on (\S+)/, printed);
  return url.replace('[::1]', 'localhost').replace('127.0.0.1', 'localhost');
}

function chat(url: string): Promise<Response> {
  return fetch(`${url}/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: 'hello' }),
  });
}

describe('the Nest service', () => {
  it('responds with the second key, logs to Nest, and sends 503 with Retry-After while no key is available', async () => {
    const url = await start();
    server.script(first, ['invalid-key']);
    expect(await (await chat(url)).text()).toContain('hello');
    expect(printed.text).toMatch(/WARN.+\[ApiKeyFallback\].+OpenAI: Key 1\/2 failed\. Trying next key\.\.\./);

    server.script(second, ['rate_limit_requests_retry_after']);
    const refused = await chat(url);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const keys = await (await fetch(`${url}/keys`)).text();
    expect(keys).toContain('"state":"cooling"');
    expect(keys + printed.text).not.toMatch(/sk-example-(?:first|second)/);
  });

  it('has a readiness check, metrics and a dashboard', async () => {
    const url = await start();
    await chat(url);
    expect(await (await fetch(`${url}/ready`)).json()).toMatchObject({
      status: 'ok',
      info: { keys: { status: 'up' } },
    });
    const labels = 'provider="openai",pool="default",key="OPENAI_API_KEY"';
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      `api_key_fallback_attempts_total{${labels},outcome="success"} 1\n`,
    );
    const view = await fetch(`${url}/ops/keys/api/v1/view`, { headers: { authorization: `Bearer ${token}` } });
    expect(await view.json()).toMatchObject({ page: { totals: { usable: 2, total: 2 } } });
  });

  it('ends when it is asked to', async () => {
    await start();
    const ended = new Promise((resolve) => child?.once('close', (_code, signal) => resolve(signal)));
    child?.kill('SIGTERM');
    expect(await ended).toBe('SIGTERM');
  });

  it('does not start without a key', async () => {
    const { code, output } = await runExample('nest-service.ts', { PORT: '0' });
    expect([code, output.includes('OPENAI_API_KEY')]).toEqual([1, true]);
  });
});
