import { once } from 'node:events';
import { connect, constants, createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { H2CClient } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { thrownBy } from '../../../../test-support/provoked-failure.ts';
import { readFailure } from '../../src/adapter.ts';

let server: Http2Server;
let url: string;
let fail: (stream: ServerHttp2Stream) => void;

beforeAll(async () => {
  server = createServer();
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    fail(stream);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

async function requestWithUndici(): Promise<unknown> {
  const client = new H2CClient(url);
  try {
    return await client.request({ path: '/', method: 'GET' });
  } finally {
    await client.destroy();
  }
}

async function requestWithNode(): Promise<unknown> {
  const session = connect(url);
  try {
    const stream = session.request({ ':path': '/' });
    // The session reports the same error as the stream.
    session.on('error', () => {});
    return await once(stream, 'response');
  } finally {
    session.destroy();
  }
}

const { NGHTTP2_REFUSED_STREAM, NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_INTERNAL_ERROR } = constants;

const failures: readonly (readonly [string, (stream: ServerHttp2Stream) => void])[] = [
  ['a refused stream', (stream) => stream.close(NGHTTP2_REFUSED_STREAM)],
  ['one request too many', (stream) => stream.close(NGHTTP2_ENHANCE_YOUR_CALM)],
  ['an internal error', (stream) => stream.close(NGHTTP2_INTERNAL_ERROR)],
  ['a client that sends too much', ({ session }) => session?.goaway(NGHTTP2_ENHANCE_YOUR_CALM, 0)],
];

describe.each(failures)('%s of HTTP/2', (_name, failStream) => {
  it.each([
    ['undici', requestWithUndici],
    ['Node', requestWithNode],
  ])('is a network failure of %s', async (_client, request) => {
    fail = failStream;
    expect(readFailure(await thrownBy(request())).kind).toBe('network');
  });
});
