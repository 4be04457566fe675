import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { closeCodes, subprotocol } from '../protocol/messages.ts';
import type { CloseReason, Transport, Visitor } from './connection.ts';
import type { Frame } from './frame.ts';
import type { Live } from './live.ts';
import { parseClientMessage } from './parse-client-message.ts';

const pingEveryMs = 25_000;
const goingAway = 1001;
const serverOptions = {
  noServer: true,
  maxPayload: 64 * 1024,
  perMessageDeflate: false,
  handleProtocols: (offered: Set<string>) => offered.has(subprotocol) && subprotocol,
  /** How long a client has to answer the end of the connection, in ms. */
  closeTimeout: 1000,
};

/** A request to upgrade, as the server of Node.js emits it. */
export interface UpgradeRequest {
  readonly incoming: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** The clients that use a WebSocket. */
export class WebSockets {
  readonly #live: Live;
  readonly #server = new WebSocketServer(serverOptions);

  constructor(live: Live) {
    this.#live = live;
  }

  accept({ incoming, socket, head }: UpgradeRequest, visitor: Visitor): void {
    this.#server.handleUpgrade(incoming, socket, head, (webSocket) => this.#serve(webSocket, visitor));
  }

  /** Resolves when all are closed, at the latest after a second. */
  async close(): Promise<void> {
    const clients = [...this.#server.clients];
    const closed = clients.map((client) => new Promise((resolve) => client.once('close', resolve)));
    for (const client of clients) client.close(goingAway);
    await Promise.all(closed);
  }

  #serve(webSocket: WebSocket, visitor: Visitor): void {
    const transport = new WebSocketTransport(webSocket);
    const connection = this.#live.connect(transport, visitor);
    webSocket.on('close', () => connection.end());
    // ws closes the connection itself, with the code of the error.
    webSocket.on('error', () => {});
    webSocket.on('message', (data: Buffer, isBinary) => {
      const message = isBinary ? undefined : parseClientMessage(data.toString());
      if (message) connection.receive(message);
      else connection.close('badMessage');
    });
  }
}

class WebSocketTransport implements Transport {
  readonly #webSocket: WebSocket;
  #pingedAtMs: number | undefined;
  #isAlive = true;

  constructor(webSocket: WebSocket) {
    this.#webSocket = webSocket;
    webSocket.on('pong', () => (this.#isAlive = true));
  }

  get waitingBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  send(frame: Frame): void {
    if (this.#webSocket.readyState === this.#webSocket.OPEN) this.#webSocket.send(frame.bytes, { binary: false });
  }

  close(reason: CloseReason): void {
    this.#webSocket.close(reason === 'closing' ? goingAway : closeCodes[reason]);
  }

  check(nowMs: number): void {
    this.#pingedAtMs ??= nowMs;
    if (nowMs - this.#pingedAtMs < pingEveryMs) return;
    if (!this.#isAlive) return this.#webSocket.terminate();
    this.#isAlive = false;
    this.#pingedAtMs = nowMs;
    this.#webSocket.ping();
  }
}
