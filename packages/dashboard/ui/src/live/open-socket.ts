import { closeCodes, subprotocol, type ClientMessage, type ServerMessage } from '../../../src/protocol/messages.ts';
import type { Channel, ChannelListener } from './channel.ts';

/** Opens the WebSocket. */
export function openSocket(listener: ChannelListener): Channel {
  const url = new URL('api/v1/live', document.baseURI);
  url.protocol = url.protocol.replace('http', 'ws');
  const socket = new WebSocket(url, subprotocol);
  let wasOpen = false;
  let isClosed = false;
  socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
    wasOpen = true;
    if (!isClosed) listener.onMessage(JSON.parse(data) as ServerMessage);
  });
  // Each error is followed by a close.
  socket.addEventListener('close', ({ code }) => {
    if (!isClosed) listener.onEnd({ wasOpen, isSignedOut: code === closeCodes.signedOut });
  });
  const send = (message: ClientMessage) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  return {
    subscribe(view, seen) {
      send({ type: 'subscribe', view, ...(seen && { seen }) });
    },
    unsubscribe() {
      send({ type: 'unsubscribe' });
    },
    close() {
      isClosed = true;
      socket.close();
    },
  };
}
