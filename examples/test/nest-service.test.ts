import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { runExample } from './run-example.ts';
import { firstKey, secondKey, useService } from './use-service.ts';

const token = 'a-token-of-this-test';

describe('the Nest service', () => {
  const service = useService('nest-service.ts', { DASHBOARD_TOKEN: token });

  function chat(): Promise<Response> {
    const headers = { 'content-type': 'application/json' };
    return fetch(`${service.url}/chat`, { method: 'POST', headers, body: '{"prompt":"hello"}' });
  }

  it('has a readiness check, metrics and a dashboard', async () => {
    const { url } = service;
    await chat();
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

  it('responds with the second key, logs to Nest, and sends 503 with Retry-After while no key is available', async () => {
    service.provider.script(firstKey, ['invalid-key']);
    expect(await (await chat()).text()).toContain('hello');
    expect(service.printed.text).toMatch(/WARN.+\[ApiKeyFallback\].+OpenAI: Key 1\/2 failed\. Trying next key\.\.\./);

    service.provider.script(secondKey, ['rate_limit_requests_retry_after']);
    const refused = await chat();
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const keys = await (await fetch(`${service.url}/keys`)).text();
    expect(keys).toContain('"state":"cooling"');
    expect(keys).not.toMatch(/sk-example-(?:first|second)/);
  });

  it('ends when it is asked to', async () => {
    const ended = once(service.process, 'close');
    service.process.kill('SIGTERM');
    expect(await ended).toEqual([null, 'SIGTERM']);
  });
});

it('the Nest service does not start without a key', async () => {
  const { code, output } = await runExample('nest-service.ts', { PORT: '0' });
  expect([code, output.includes('OPENAI_API_KEY')]).toEqual([1, true]);
});
