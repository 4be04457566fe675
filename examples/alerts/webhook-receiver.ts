import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { WebhookPayload } from '@api-key-fallback/alerts';
import { Webhook } from 'standardwebhooks';
import { Inbox } from './inbox.ts';

/** Starts a server that refuses what is not signed with the secret, and keeps the rest. */
export async function startWebhookReceiver(secret: string): Promise<AsyncDisposable & { url: string; inbox: Inbox }> {
  const inbox = new Inbox();
  const verifier = new Webhook(secret);
  const server = createServer(async (request, response) => {
    const body = await text(request);
    try {
      const { data } = verifier.verify(body, request.headers as Record<string, string>) as WebhookPayload;
      inbox.add(`${data.kind}, ${data.severity}: ${data.title}`);
      response.writeHead(204).end();
    } catch {
      response.writeHead(401).end();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`,
    inbox,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
