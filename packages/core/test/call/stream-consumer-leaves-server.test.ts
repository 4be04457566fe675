import {
  ApiKeyManager,
  currentAttempt,
  customProvider,
  firstChunk,
  registry,
  wrapWithFallback,
  type ApiKey,
} from '@api-key-fallback/core';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scriptedAdapter } from '../scripted-keys.ts';

const provider = customProvider('scripted');
type Key = ApiKey<typeof provider>;
const end = { value: undefined, done: true };

describe('a server that stays silent', () => {
  let manager: ApiKeyManager;
  let server: Server;
  let requests = 0;
  let closed: Promise<unknown>;
  let url: string;

  beforeEach(async () => {
    manager = new ApiKeyManager(scriptedAdapter, ['K1', 'K2'], { logger: false });
    registry.unregister(manager.provider);
    registry.register(manager);
    requests = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    closed = promise;
    server = createServer((request, response) => {
      requests++;
      response.on('close', resolve);
      if (request.url === '/begun') response.writeHead(200).flushHeaders();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    registry.unregister(provider);
    server.close();
  });

  const fetching = (path: string) =>
    wrapWithFallback(
      async function* (_key: Key) {
        const response = await fetch(`${url}${path}`, { signal: currentAttempt().signal });
        yield* response.body ?? [];
      },
      { provider },
    );

  it.each(['/silent', '/begun'])('a stream that is returned closes its only request to %s', async (path) => {
    const stream = fetching(path)();
    const requested = once(server, 'request');
    const first = stream.next();
    await requested;
    await expect(stream.return(undefined)).resolves.toEqual(end);
    await expect(first).resolves.toEqual(end);
    await closed;
    expect(requests).toBe(1);
    expect(manager.status().keys.map(({ state, usage }) => [state, usage.inUse])).toEqual([
      ['healthy', 0],
      ['healthy', 0],
    ]);
  });

  it('a closed pipe closes its only request', async () => {
    const target = new PassThrough();
    const requested = once(server, 'request');
    const piped = pipeline(Readable.from(fetching('/begun')()), target);
    piped.catch(() => {});
    await requested;
    target.destroy();
    await expect(piped).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
    await closed;
    expect(requests).toBe(1);
  });

  it('a caller that aborts closes the stream that firstChunk waits for, also when its client knows no signal', async () => {
    const controller = new AbortController();
    const responded = Promise.withResolvers<void>();
    const open = wrapWithFallback(
      async (_key: Key, _signal: AbortSignal) => {
        const response = await fetch(`${url}/begun`);
        responded.resolve();
        return firstChunk(response.body as ReadableStream<Uint8Array>);
      },
      { provider },
    );
    const opening = open(controller.signal);
    opening.catch(() => {});
    await responded.promise;
    controller.abort(new Error('enough'));
    await expect(opening).rejects.toThrow('enough');
    await closed;
    expect(requests).toBe(1);
    expect(manager.status().keys[0]).toMatchObject({ state: 'healthy', usage: { inUse: 0 } });
  });
});
