import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Starts a receiver of webhooks that is out of order for every third message. */
export async function startAlertReceiver(): Promise<{ readonly url: string; close(): Promise<void> }> {
  let messages = 0;
  const server = createServer((request, response) => {
    request.resume();
    messages += 1;
    response.writeHead(messages % 3 === 0 ? 503 : 204).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
