import { ApiKeyManager, MemoryStore } from '@api-key-fallback/core';
import type { ErrorVerdict, ProviderAdapter } from '@api-key-fallback/core/adapter';
import { collectKeyMetrics, metricsHandler } from '@api-key-fallback/telemetry/prometheus';
import { Registry } from 'prom-client';
import { expect, it, onTestFinished } from 'vitest';
import { acme } from '../acme-manager.ts';

const keys = [
  'sk-proj-Qz7Wx5Cv3Bn1Mk9Jh8Gf6Ds4Ap2',
  'AIzaSyRt5Yu7Io9Pa1Sd3Fg5Hj7Kl9Zx1Cv3',
  'plain+Vb6Nm4Qw2Er8/Ty0Ui5Op=',
];
const spellings = keys.flatMap((key) => [key, encodeURIComponent(key), Buffer.from(key).toString('base64')]);
const shortestRun = 12;

const runs = spellings.flatMap((spelling) =>
  Array.from({ length: spelling.length - shortestRun + 1 }, (_, at) => spelling.slice(at, at + shortestRun)),
);

/** An adapter that puts the key into every name that it chooses. */
const leakyAdapter: ProviderAdapter = {
  name: acme,
  displayName: 'Acme',
  env: 'ACME_API_KEY',
  classifyError: (error): ErrorVerdict => ({ kind: 'rate-limited', reason: String(error), retryAfterMs: 60_000 }),
  readLimits: (headers) => [{ name: `left of ${(headers as Headers).get('key')}`, limit: 10, remaining: 4 }],
};

it.each(['label', 'ordinal', 'id', 'none'] as const)('no scrape holds a key: keys by %s', async (keyLabel) => {
  const register = new Registry();
  const inputs = keys.map((key, index) => ({ key, label: index === 0 ? key : `key ${encodeURIComponent(key)}` }));
  const source = { name: keys[0] ?? '', load: () => inputs };
  const manager = new ApiKeyManager(leakyAdapter, source, { logger: false, store: new MemoryStore() });
  onTestFinished(() => manager.close());
  onTestFinished(collectKeyMetrics({ register, managers: [manager], keyLabel }));
  await manager.ready();
  const call = manager.retryWithFallback(
    (key, attempt) => {
      attempt.observe(new Response('', { headers: { key } }));
      throw new Error(`refused ${key}`);
    },
    { maxRetries: 1, operation: keys[1] ?? '' },
  );
  await expect(call).rejects.toThrow('All 3 keys of Acme failed');
  const response = await metricsHandler({ register }).fetch(new Request('http://app/metrics'));
  const text = await response.text();
  expect(text).toContain('reason="Error: refused [redacted]"');
  expect(text).toContain('limit="left of [redacted]"');
  expect(text.split('\n').filter((line) => runs.some((run) => line.includes(run)))).toEqual([]);
});
