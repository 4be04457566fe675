import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** How a proxy treats the data of the server. `refuse` closes new connections. */
export type ProxyMode = 'pass' | 'swallow' | 'drop-replies' | 'delay' | 'refuse';

/** A TCP proxy on loopback that simulates network failures. */
export class TcpProxy {
  mode: ProxyMode = 'pass';
  delayMs = 0;
  /** The number of accepted connections. */
  accepted = 0;
  /** The number of chunks sent to the server. */
  toServer = 0;
  readonly #targetPort: number;
  #frozen = 0;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((client) => this.#accept(client));

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  /** Turns all current connections into half-open ones. New connections work. */
  freeze(): void {
    this.#frozen = this.accepted;
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    if (this.mode === 'refuse') {
      client.destroy();
      return;
    }
    const number = ++this.accepted;
    // A connection that has become half-open stays so.
    let isSilenced = false;
    const isDead = (): boolean => (isSilenced ||= this.mode === 'swallow' || number <= this.#frozen);
    const server = connect(this.#targetPort, '127.0.0.1');
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        // The other end of a half-open connection must not notice.
        if (!isDead()) (socket === client ? server : client).destroy();
      });
    }
    client.on('data', (chunk) => {
      if (isDead()) return;
      this.toServer++;
      server.write(chunk);
    });
    server.on('data', (chunk) => {
      if (this.mode === 'drop-replies') {
        client.destroy();
        return;
      }
      if (isDead()) return;
      if (this.mode === 'delay') setTimeout(() => client.write(chunk), this.delayMs).unref();
      else client.write(chunk);
    });
  }
}
