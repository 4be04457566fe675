import type { Seen, ServerMessage } from '../../../src/protocol/messages.ts';

/** A connection that messages of the server arrive on. */
export interface Channel {
  /** Follows this view instead of the one before. */
  subscribe(view: string, seen: Seen | undefined): void;
  /** Follows nothing. Heartbeats may stop, too. */
  unsubscribe(): void;
  /** Closes it without calling the listener. */
  close(): void;
}

export interface ChannelListener {
  onMessage(message: ServerMessage): void;
  /** The channel has ended by itself. */
  onEnd(end: { readonly wasOpen: boolean; readonly isSignedOut: boolean }): void;
}
