import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { Inbox } from './inbox.ts';

/** Starts a mail server that takes every mail, and keeps its text. */
export async function startMailServer(): Promise<AsyncDisposable & { url: string; inbox: Inbox }> {
  const inbox = new Inbox();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    async onData(stream, _session, done) {
      const { subject, text } = await simpleParser(stream);
      inbox.add(`Subject: ${subject}\n\n${text?.trim()}`);
      done();
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    inbox,
    async [Symbol.asyncDispose]() {
      const closed = once(server.server, 'close');
      server.close();
      await closed;
    },
  };
}
