import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { collectKeyMetrics, metricsHandler } from '@api-key-fallback/telemetry/prometheus';
import Fastify from 'fastify';
import { Gauge, register as defaultRegister, Registry } from 'prom-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acmeManager } from '../acme-manager.ts';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
}

function registerOf(collect?: () => void): Registry {
  const register = new Registry();
  const config = { name: 'own_metric', help: 'A metric of the application.', registers: [register] };
  register.registerMetric(new Gauge({ ...config, ...(collect ? { collect } : {}) }));
  return register;
}

const ways: readonly (readonly [string, (register: Registry) => Promise<(init?: RequestInit) => Promise<Response>>])[] =
  [
    [
      'node:http',
      async (register) => {
        const url = await serve(metricsHandler({ register }).node);
        return (init) => fetch(url, init);
      },
    ],
    [
      'Fastify',
      async (register) => {
        const metrics = metricsHandler({ register });
        const app = Fastify();
        onTestFinished(() => void app.close());
        app.all('/metrics', (request, reply) => metrics.node(request.raw, reply.hijack().raw));
        const address = await app.listen({ port: 0, host: '127.0.0.1' });
        return (init) => fetch(`${address}/metrics`, init);
      },
    ],
    [
      'fetch',
      async (register) => (init) => metricsHandler({ register }).fetch(new Request('http://app/metrics', init)),
    ],
  ];

describe.each(ways)('a metrics handler of %s', (_name, start) => {
  it('answers GET with all metrics of the register', async () => {
    const register = registerOf();
    onTestFinished(collectKeyMetrics({ register, managers: [acmeManager()] }));
    const ask = await start(register);
    const response = await ask();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    expect(text).toContain('own_metric 0\n');
    expect(text).toContain('api_key_fallback_keys{provider="acme",pool="default",state="healthy"} 2\n');
  });

  it('answers HEAD without a body, and no other method', async () => {
    const ask = await start(registerOf());
    const head = await ask({ method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    const post = await ask({ method: 'POST' });
    expect([post.status, post.headers.get('allow'), await post.text()]).toEqual([405, 'GET, HEAD', 'Use GET.\n']);
  });

  it('answers that a collection has failed without saying why', async () => {
    const ask = await start(
      registerOf(() => {
        throw new Error('the password is 1234');
      }),
    );
    const response = await ask();
    expect([response.status, await response.text()]).toEqual([500, 'The metrics could not be collected.\n']);
  });
});

describe('metricsHandler()', () => {
  it('answers in the format of the register', async () => {
    const register = new Registry();
    register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    onTestFinished(collectKeyMetrics({ register, managers: [acmeManager()] }));
    const response = await metricsHandler({ register }).fetch(new Request('http://app/metrics'));
    expect(response.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(await response.text()).toMatch(/^api_key_fallback_quota_units_total\{.*\} 0$[^]*# EOF\n$/m);
  });

  it('answers with the default register', async () => {
    onTestFinished(() => defaultRegister.clear());
    defaultRegister.registerMetric(new Gauge({ name: 'default_metric', help: 'A metric of the application.' }));
    const response = await metricsHandler().fetch(new Request('http://app/metrics'));
    expect(await response.text()).toContain('default_metric 0\n');
  });

  it.each([
    [{ registry: new Registry() }, 'Unknown option "registry".'],
    [{ register: 1 }, '"register" must be a Registry of prom-client. Write { register: new Registry() }.'],
  ])('refuses %j', (options, message) => {
    expect(() => metricsHandler(options as object)).toThrow(message);
  });
});
