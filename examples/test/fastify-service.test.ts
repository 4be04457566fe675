import type { ChildProcess } from 'node:child_process';
import { startProviderServer, type ProviderServer } from '@api-key-fallback/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startExample } from './run-example.ts';

const [first, second] = ['sk-example-first-00001', 'sk-example-second-0001'] as const;

let server: ProviderServer;
let child: ChildProcess | undefined;
let output: string;

beforeEach(async () => {
  server = await startProviderServer({ keys: {} });
  for (const key of [first, second]) server.script(key, ['ok']);
  output = '';
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await server.close();
});

/** Starts the service. Returns its address. */
async function startService(env: Readonly<Record<string, string>> = {}): Promise<string> {
  const started = startExample('fastify-service.ts', {
    OPENAI_BASE_URL: server.openaiBaseURL,
    OPENAI_API_KEY: first,
    OPENAI_API_KEY_2: second,
    PORT: '0',
    ...env,
  });
  child = started;
  return new Promise((resolve, reject) => {
    started.once('error', reject);
    started.once('exit', (code) => reject(new Error(`The service has ended with ${code}: ${output}`)));
    started.stderr?.on('data', (chunk) => (output += String(chunk)));
    started.stdout?.on('data', (chunk) => {
      output += String(chunk);
      const address = /Listening on (\S+)/.exec(output)?.[1];
      if (address) resolve(address.replace('[::1]', '127.0.0.1'));
    });
  });
}

function chat(url: string): Promise<Response> {
  return fetch(`${url}/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: 'hello' }),
  });
}

/** Stops the service as a container is stopped, and waits for its end. */
async function stopService(): Promise<void> {
  const ended = new Promise((resolve) => child?.once('close', resolve));
  child?.kill('SIGTERM');
  await ended;
}

describe('the Fastify service', () => {
  it('responds, and sends 503 with Retry-After while no key is available', async () => {
    const url = await startService();
    const served = await chat(url);
    expect(served.status).toBe(200);
    expect(JSON.stringify(await served.json())).toContain('hello');

    for (const key of [first, second]) server.script(key, ['rate_limit_requests_retry_after']);
    const refused = await chat(url);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);

    const keys = await (await fetch(`${url}/keys`)).text();
    expect(keys).toContain('"state":"cooling"');
    expect(keys).not.toContain(first);
  });

  it('answers 400 to a body without a prompt', async () => {
    const url = await startService();
    for (const body of ['null', '{}', '{"prompt":5}']) {
      const headers = { 'content-type': 'application/json' };
      const { status } = await fetch(`${url}/chat`, { method: 'POST', headers, body });
      expect({ body, status }).toEqual({ body, status: 400 });
    }
    expect(server.requestCount()).toBe(0);
  });

  it('is watched by Prometheus and by a readiness check', async () => {
    const url = await startService();
    await chat(url);
    expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ status: 'ok', providers: [{ usable: 2 }] });

    for (const key of [first, second]) server.script(key, ['rate_limit_requests_retry_after']);
    await chat(url);
    const health = await fetch(`${url}/healthz`);
    expect(health.status).toBe(503);
    expect(await health.json()).toMatchObject({ status: 'down', providers: [{ usable: 0, total: 2 }] });

    const scrape = await (await fetch(`${url}/metrics`)).text();
    const labels = 'provider="openai",pool="default",key="OPENAI_API_KEY"';
    expect(scrape).toContain(`api_key_fallback_attempts_total{${labels},outcome="success"} 1\n`);
    expect(scrape).toContain(`api_key_fallback_key_state{${labels},state="cooling"} 1\n`);
    expect(scrape).toMatch(/^api_key_fallback_tokens_total\{.+direction="input"\} [1-9]\d*$/m);
    expect(scrape).toContain(
      'api_key_fallback_exhaustions_total{provider="openai",pool="default",reason="rate-limited"} 1\n',
    );
    expect(scrape).not.toContain('sk-example');
  });

  it('prints the spans of a call: the call, its attempts, and what the client sends', async () => {
    const url = await startService({ OTEL_TRACES_EXPORTER: 'console' });
    server.script(first, ['invalid-key']);
    expect((await chat(url)).status).toBe(200);
    await stopService();
    const spans = [
      ...output.matchAll(/parentSpanContext: (\{[^}]*\}|undefined),.*?name: '(.+?)',\n {2}id: '(.+?)'/gs),
    ].map(([, parent = '', name = '', id = '']) => ({ name, id, parent: /spanId: '(.+?)'/.exec(parent)?.[1] }));
    const nameOf = new Map(spans.map(({ id, name }) => [id, name]));
    expect(spans.map(({ name, parent }) => `${name} < ${nameOf.get(parent ?? '') ?? '-'}`)).toEqual([
      'POST < api_key_fallback.attempt',
      'api_key_fallback.attempt < api_key_fallback.call openai',
      'POST < api_key_fallback.attempt',
      'api_key_fallback.attempt < api_key_fallback.call openai',
      'api_key_fallback.call openai < -',
    ]);
    expect(output).not.toContain(first);
  });
});
