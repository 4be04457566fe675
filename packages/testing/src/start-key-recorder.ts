import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A loopback server that sends the same response to every request and records the keys in it. */
export interface KeyRecorder extends AsyncDisposable {
  readonly url: string;
  /** Returns the keys found in each request since the last call. */
  takeRequests(): string[][];
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { authorization = '' } = request.headers;
  const basic = /^Basic (.+)$/i.exec(authorization)?.[1] ?? '';
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const parts = [url.pathname, ...url.searchParams.values(), ...request.rawHeaders, Buffer.from(basic, 'base64')];
  return [...parts, Buffer.concat(chunks)].join('\n');
}

/** Starts the server on a free port. It sends `retry-after: 0`, so that a client that retries does so immediately. */
export async function startKeyRecorder(keys: readonly string[], status: number): Promise<KeyRecorder> {
  const requests: string[][] = [];
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request);
    requests.push(keys.filter((key) => text.includes(key)));
    response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '0' }).end('{}');
  }
  // A request that the client did not finish does not count.
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    takeRequests: () => requests.splice(0),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
