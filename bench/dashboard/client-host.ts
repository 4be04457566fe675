// Runs in a process of its own: opens the WebSockets that it is asked for, and reports what they have received.
import { once } from 'node:events';
import { WebSocket } from 'ws';

/** What the parent asks for. */
export type ClientRequest =
  /** Opens a client for each view. The answer comes when each has its snapshot. */
  | { readonly type: 'open'; readonly url: string; readonly token: string; readonly views: readonly string[] }
  /** Asks for the bytes that each client has received, in the order of the views. */
  | { readonly type: 'count' };

/** The answer to each request. */
export interface ClientAnswer {
  readonly bytes: readonly number[];
  /** The number of clients that are no longer connected. */
  readonly lost: number;
}

const sockets: WebSocket[] = [];
const bytes: number[] = [];

async function open(url: string, token: string, view: string): Promise<void> {
  const { href, origin } = new URL('api/v1/live', url);
  const headers = { authorization: `Bearer ${token}` };
  const socket = new WebSocket(href.replace('http', 'ws'), 'api-key-fallback.v1', { headers, origin });
  const place = sockets.push(socket) - 1;
  bytes[place] = 0;
  const hasSnapshot = Promise.withResolvers<void>();
  socket.on('message', (data: Buffer) => {
    bytes[place] = (bytes[place] ?? 0) + data.length;
    if (data.includes('"type":"snapshot"')) hasSnapshot.resolve();
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'subscribe', view }));
  await hasSnapshot.promise;
}

process.on('message', async (request: ClientRequest) => {
  if (request.type === 'open') {
    const { url, token, views } = request;
    await Promise.all(views.map((view) => open(url, token, view)));
  }
  const lost = sockets.filter(({ readyState, OPEN }) => readyState !== OPEN).length;
  process.send?.({ bytes, lost } satisfies ClientAnswer);
});
process.on('disconnect', () => process.exit());
