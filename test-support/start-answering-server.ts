import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that responds the same to every request. */
export interface AnsweringServer extends AsyncDisposable {
  readonly url: string;
}

/** Starts a server on a free loopback port. */
export async function startAnsweringServer(answer: RequestListener): Promise<AnsweringServer> {
  const server = createServer((request, response) => {
    // A client may close the connection while the request is unread.
    request.resume().once('end', () => answer(request, response));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
