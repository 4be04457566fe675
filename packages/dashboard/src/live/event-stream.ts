import type { ClientMessage } from '../protocol/messages.ts';
import type { Connection, Transport, Visitor } from './connection.ts';
import type { Live } from './live.ts';

export interface EventStreamOptions {
  readonly live: Live;
  readonly visitor: Visitor;
  /** The view in the address of the stream, and what the client has seen of it. */
  readonly subscription: ClientMessage;
  /** Ends the connection below the stream at once. */
  readonly destroy: () => void;
}

/** Returns the body of an event stream (SSE) that carries the live protocol. */
export function openEventStream({ live, visitor, subscription, destroy }: EventStreamOptions): ReadableStream {
  let connection: Connection | undefined;
  const source = {
    start(controller: ReadableStreamDefaultController<Uint8Array>) {
      connection = live.connect(transportOf(controller, destroy), visitor);
      connection.receive(subscription);
    },
    cancel: () => connection?.end(),
  };
  // Counts the bytes that the client has not read yet.
  return new ReadableStream(source, new ByteLengthQueuingStrategy({ highWaterMark: 0 }));
}

function transportOf(controller: ReadableStreamDefaultController<Uint8Array>, destroy: () => void): Transport {
  return {
    get waitingBytes() {
      return -(controller.desiredSize ?? 0);
    },
    send: (frame) => controller.enqueue(frame.event),
    close(reason) {
      controller.close();
      // Otherwise a slow reader would first read what is buffered.
      if (reason === 'tooSlow') destroy();
    },
    check: () => {},
  };
}
