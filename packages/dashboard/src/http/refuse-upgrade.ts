import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** Answers a request to upgrade with a response, and ends its connection. */
export async function refuseUpgrade(socket: Duplex, response: Response): Promise<void> {
  const ignoreHangUp = (): void => {};
  socket.on('error', ignoreHangUp);
  const body = Buffer.from(await response.arrayBuffer());
  const lines = [...response.headers, ['content-length', body.length], ['connection', 'close']].map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.write(`HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ''}\r\n${lines.join('')}\r\n`);
  socket.end(body);
}
