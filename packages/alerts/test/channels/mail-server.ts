import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { createTransport, type Transporter } from 'nodemailer';
import { SMTPServer } from 'smtp-server';

/** A mail server that keeps what it receives. */
export class MailServer implements AsyncDisposable {
  readonly mails: ParsedMail[] = [];
  /** The status with which the next mails are refused; none by default. */
  refusal: number | undefined;
  readonly #server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      void simpleParser(stream).then((mail) => {
        if (this.refusal !== undefined)
          return done(Object.assign(new Error('not you'), { responseCode: this.refusal }));
        this.mails.push(mail);
        done();
      }, done);
    },
  });

  static async start(): Promise<MailServer> {
    const server = new MailServer();
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server.server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  transport(): Transporter {
    return createTransport({ host: '127.0.0.1', port: this.port, secure: false });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server.server, 'close');
    this.#server.close();
    await closed;
  }
}
