import { probeRequest, type ProviderAdapter } from '@api-key-fallback/core/adapter';
import nodeFetch from 'node-fetch';
import { describe, expect, it, vi } from 'vitest';
import { startCheckedServer } from '../api/start-checked-server.ts';
import { answer, ok, one, two, type Answer } from '../api/start-key-server.ts';
import { outcomeNow } from '../fake-runtime.ts';

const refused = answer(401);
const used = answer(402);

describe('probeRequest', () => {
  it('reads the limits', async () => {
    const readLimits: ProviderAdapter['readLimits'] = (_headers, { now }) => [
      { name: 'requests', remaining: 0, limit: 9, resetsAtMs: now + 5000 },
    ];
    await using server = await startCheckedServer({ [one]: [ok], [two]: [ok] }, { adapter: { readLimits } });
    const rateLimits = [{ name: 'requests', remaining: 0, limit: 9, resetsAtMs: 5000 }];
    expect(await server.check()).toMatchObject({ outcome: 'working', state: 'healthy', rateLimits });
    const limits = [{ name: 'requests', source: 'header', limit: 9, used: 9, resetsAtMs: 5000 }];
    expect(server.key(one).limits).toEqual(limits);
  });

  it('applies the verdict to the group that the response names', async () => {
    const classifyError: ProviderAdapter['classifyError'] = () => ({
      kind: 'quota-exhausted',
      reason: 'no_credit',
      scope: 'group',
    });
    const groupOf = () => 'org-1';
    await using server = await startCheckedServer(
      { [one]: [used], [two]: [ok] },
      { adapter: { classifyError, groupOf } },
    );
    await server.manager.checkKeys();
    expect(server.key(one)).toMatchObject({ group: 'org-1', state: 'cooling' });
    // By now the key is known to belong to the same group.
    expect(await server.manager.checkKeys()).toMatchObject([
      { state: 'cooling' },
      { outcome: 'working', state: 'cooling' },
    ]);
  });

  it('reads a body only up to a limit, and leaves none open', async () => {
    const endless: Answer = (response) => {
      response.writeHead(401);
      const write = (): void =>
        void (response.write('x'.repeat(16_384)) ? setImmediate(write) : response.once('drain', write));
      write();
    };
    await using server = await startCheckedServer({ [one]: [endless] });
    expect(await server.check()).toMatchObject({ outcome: 'refused', verdict: 'invalid-key' });
    await server.lastClosed();
  });

  it('works with the fetch of node-fetch, whose bodies are streams of Node', async () => {
    await using server = await startCheckedServer({ [one]: [ok], [two]: [refused] });
    const checks = await server.manager.checkKeys({ fetch: nodeFetch as never });
    expect(checks.map(({ outcome }) => outcome)).toEqual(['working', 'refused']);
  });

  it.each([
    ['no headers', { status: 401 }],
    ['plain headers and a text', { status: 401, headers: { 'x-request-id': '7' }, body: '{"error":"no"}' }],
  ])('accepts a response with %s', async (_name, response) => {
    await using server = await startCheckedServer({ [one]: [ok] });
    const checks = await server.manager.checkKeys({ fetch: (async () => response) as never });
    expect(checks).toMatchObject([{ outcome: 'refused', verdict: 'invalid-key' }]);
  });

  it('classifies by the status when the body never ends', async () => {
    const stalled: Answer = (response) => void response.writeHead(401).write('{"error":');
    await using server = await startCheckedServer({ [one]: [stalled] });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const check = server.check();
      while ((await outcomeNow(check)) === 'pending') await vi.advanceTimersByTimeAsync(20);
      expect(await check).toMatchObject({ outcome: 'refused', verdict: 'invalid-key', reason: 'http_401' });
    } finally {
      vi.useRealTimers();
    }
    await server.lastClosed();
  });

  it('classifies by the status when the body breaks off', async () => {
    const broken: Answer = (response) => {
      response.writeHead(401, { 'content-length': '100' }).write('{"error"');
      setImmediate(() => response.destroy());
    };
    await using server = await startCheckedServer({ [one]: [broken] });
    expect(await server.check()).toMatchObject({ outcome: 'refused', reason: 'http_401' });
  });

  it('accepts an error response that only a working key gets', async () => {
    await using server = await startCheckedServer(
      { [one]: [answer(403)] },
      {
        adapter: {
          probe(secret, context) {
            const isWorking = ({ reason }: { readonly reason: string }) => reason === 'http_403';
            return probeRequest(this as ProviderAdapter, secret, new Request(server.url), { ...context, isWorking });
          },
        },
      },
    );
    expect(await server.check()).toMatchObject({ outcome: 'working', reason: 'http_403' });
  });

  it('applies the result to the bucket of the operation', async () => {
    const adapter: Partial<ProviderAdapter> = {
      classifyError: () => ({ kind: 'invalid-key', reason: 'not_subscribed', bucket: 'search' }),
      probe(secret, context) {
        return probeRequest(this as ProviderAdapter, secret, new Request(server.url), {
          ...context,
          operation: 'search',
        });
      },
    };
    await using server = await startCheckedServer({ [one]: [refused, ok] }, { adapter });
    expect(await server.check()).toMatchObject({ outcome: 'refused', state: 'healthy' });
    expect(server.key(one).buckets).toMatchObject([{ bucket: 'search', state: 'disabled' }]);
    expect(await server.check()).toMatchObject({ outcome: 'working' });
    expect(server.key(one).buckets).toMatchObject([{ bucket: 'search', state: 'healthy' }]);
  });
});
