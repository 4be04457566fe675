import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { firstKey, secondKey, useService, type RunningService } from './use-service.ts';

const keys = [firstKey, secondKey];

function chat({ url }: RunningService, body = '{"prompt":"hello"}'): Promise<Response> {
  return fetch(`${url}/chat`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

/** Stops the service as a container is stopped, and waits for its end. */
async function stop(service: RunningService): Promise<void> {
  const ended = once(service.process, 'close');
  service.process.kill('SIGTERM');
  await ended;
}

describe('the Fastify service', () => {
  const service = useService('fastify-service.ts');

  it.each(['null', '{}', '{"prompt":5}', '{"prompt":'])(
    'answers 400 to the body %j, and no key is used',
    async (body) => {
      expect((await chat(service, body)).status).toBe(400);
      expect(service.provider.requestCount()).toBe(0);
    },
  );

  it('responds, and sends 503 with Retry-After while no key is available', async () => {
    const served = await chat(service);
    expect(served.status).toBe(200);
    expect(JSON.stringify(await served.json())).toContain('hello');

    for (const key of keys) service.provider.script(key, ['rate_limit_requests_retry_after']);
    const refused = await chat(service);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toEqual({ error: 'rate-limited' });

    const states = await (await fetch(`${service.url}/keys`)).text();
    expect(states).toContain('"state":"cooling"');
    expect(states).not.toContain(firstKey);
  });
});

describe('what watches the Fastify service', () => {
  const service = useService('fastify-service.ts');

  it('is watched by Prometheus and by a readiness check', async () => {
    const { url } = service;
    await chat(service);
    expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ status: 'ok', providers: [{ usable: 2 }] });

    for (const key of keys) service.provider.script(key, ['rate_limit_requests_retry_after']);
    await chat(service);
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
});

describe('the traces of the Fastify service', () => {
  const service = useService('fastify-service.ts', { OTEL_TRACES_EXPORTER: 'console' });

  it('prints the spans of a call: the call, its attempts, and what the client sends', async () => {
    service.provider.script(firstKey, ['invalid-key']);
    expect((await chat(service)).status).toBe(200);
    await stop(service);
    const spans = [
      ...service.printed.text.matchAll(/parentSpanContext: (\{[^}]*\}|undefined),.*?name: '(.+?)',\n {2}id: '(.+?)'/gs),
    ].map(([, parent = '', name = '', id = '']) => ({ name, id, parent: /spanId: '(.+?)'/.exec(parent)?.[1] }));
    const nameOf = new Map(spans.map(({ id, name }) => [id, name]));
    expect(spans.map(({ name, parent }) => `${name} < ${nameOf.get(parent ?? '') ?? '-'}`)).toEqual([
      'POST < api_key_fallback.attempt',
      'api_key_fallback.attempt < api_key_fallback.call openai',
      'POST < api_key_fallback.attempt',
      'api_key_fallback.attempt < api_key_fallback.call openai',
      'api_key_fallback.call openai < -',
    ]);
  });
});
