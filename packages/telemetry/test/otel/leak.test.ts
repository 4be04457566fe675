import { registry, wrapWithFallback } from '@api-key-fallback/core';
import { instrument } from '@api-key-fallback/telemetry/otel';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { acme } from '../acme-manager.ts';
import { serverKeys, ask, registerAcme, startAcmeServer } from './acme-server.ts';
import { TestSdk } from './test-sdk.ts';

let sdk: TestSdk;
let stop: () => void;

beforeEach(() => {
  sdk = TestSdk.started();
  stop = instrument();
});
afterEach(() => {
  stop();
  registry.unregister(acme);
  sdk[Symbol.dispose]();
});

const spellings = serverKeys.flatMap(({ key }) => [key, Buffer.from(key).toString('base64'), encodeURIComponent(key)]);

/** All that a backend receives: attributes, statuses and events of the spans, and the series. */
async function exported(): Promise<string> {
  const spans = sdk.spans.map(({ name, attributes, status, events, links }) => ({
    name,
    attributes,
    status,
    events,
    links,
  }));
  const series = Array.from(await sdk.collect(), ([name, { dataPoints }]) => ({ name, dataPoints }));
  return JSON.stringify({ spans, series });
}

it('no span and no metric holds a key: of messages, headers, addresses, reasons and names', async () => {
  await using server = await startAcmeServer({ 1: [401], 2: [429], 3: [500] });
  registerAcme();
  const leaky = wrapWithFallback(
    async (apiKey: string) => {
      await ask(server.url, apiKey).catch((error: Error & { status: number }) => {
        const headers = { authorization: `Bearer ${apiKey}`, 'x-key': Buffer.from(apiKey).toString('base64') };
        throw Object.assign(error, {
          headers,
          code: apiKey,
          name: apiKey,
          config: { url: `${server.url}?key=${apiKey}` },
        });
      });
    },
    { provider: acme, operation: serverKeys[0]?.key ?? '', maxRetries: 1 },
  );
  await expect(leaky()).rejects.toThrow('All 3 keys of Acme failed');
  const text = await exported();
  expect(text).toContain('acme refused [redacted]');
  for (const spelling of spellings) expect(text).not.toContain(spelling);
});
