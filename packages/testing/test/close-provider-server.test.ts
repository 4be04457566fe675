import { type ProviderServer, startProviderServer } from '@api-key-fallback/testing';
import { describe, expect, it, vi } from 'vitest';

function listModels(server: ProviderServer, init: RequestInit = {}): Promise<Response> {
  return fetch(`${server.openaiBaseURL}/models`, { ...init, headers: { authorization: 'Bearer key-1' } });
}

describe('closing', () => {
  it('ends hanging requests and frees the port', async () => {
    const server = await startProviderServer({ otherwise: 'hang' });
    const hanging = Promise.allSettled(Array.from({ length: 3 }, () => listModels(server)));
    await vi.waitFor(() => expect(server.requestCount()).toBe(3));
    await server.close();
    expect((await hanging).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(listModels(server)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });

  it('works twice, and with await using', async () => {
    const server = await startProviderServer();
    await server[Symbol.asyncDispose]();
    await server.close();
    await expect(listModels(server)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });

  it('works with a client that disconnects while sending', async () => {
    await using server = await startProviderServer({ otherwise: 'ok' });
    const caller = new AbortController();
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"model":')),
      pull: () => caller.abort(),
    });
    const init = { method: 'POST', body, duplex: 'half', signal: caller.signal } as const;
    await expect(fetch(`${server.openaiBaseURL}/responses`, init)).rejects.toThrow('aborted');
    expect((await listModels(server)).status).toBe(200);
    expect(server.requestCount()).toBe(1);
  });
});
