import type { Page } from 'playwright-core';
import type { ClientMessage, ServerMessage } from '../../src/protocol/messages.ts';

/** What travels through the WebSockets of a page. */
export class RecordedFrames {
  readonly sent: ClientMessage[] = [];
  readonly received: ServerMessage[] = [];

  /** The documents that were sent as a whole, by their views. */
  get snapshots(): readonly string[] {
    return this.received.flatMap((message) => (message.type === 'snapshot' ? [message.view] : []));
  }

  get patches(): number {
    return this.received.filter(({ type }) => type === 'patch').length;
  }
}

/** Records from now on: call it before the page is opened. */
export function recordFrames(page: Page): RecordedFrames {
  const frames = new RecordedFrames();
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => frames.sent.push(JSON.parse(String(payload)) as ClientMessage));
    socket.on('framereceived', ({ payload }) => frames.received.push(JSON.parse(String(payload)) as ServerMessage));
  });
  return frames;
}
