import type { PageDocument } from './page-document.ts';
import type { MergePatch } from './merge-patch.ts';

/**
 * The live protocol, version 1. The same messages travel through the WebSocket and the event stream (SSE).
 *
 * A client subscribes to one view: what is on its screen. The server sends a snapshot of the view's document once, and then merge patches
 * (RFC 7396) with sequence numbers. A client that comes back says what it has seen, and receives what it has missed.
 */
export const protocolVersion = 1;

/** The subprotocol of the WebSocket. */
export const subprotocol = 'api-key-fallback.v1';

/** The server sends something at least this often, in ms. */
export const heartbeatMs = 5000;

/** A client that has heard nothing for this long, in ms, counts the connection as lost. */
export const silenceMs = 12_000;

/** The close codes of the WebSocket, besides those of the standard. */
export const closeCodes = {
  /** The client has sent what the server does not understand. */
  badMessage: 4400,
  /** The session is over. Final: sign in again. */
  signedOut: 4401,
  /** The client reads too slowly. */
  tooSlow: 4408,
} as const;

/** How far a client has followed a view. */
export interface Seen {
  /** Identifies the history of the server; another one after a restart. */
  readonly incarnation: string;
  /** The sequence number of the last snapshot or patch. */
  readonly sequence: number;
}

/** What a client sends through the WebSocket. In the event stream, the address says the same. */
export type ClientMessage =
  /** Follows a view instead of the one before. `view` is its canonical form; see `formatView`. */
  | { readonly type: 'subscribe'; readonly view: string; readonly seen?: Seen }
  /** Follows nothing, for example while the page is hidden. Heartbeats go on. */
  | { readonly type: 'unsubscribe' };

/** The actor of a session, and what they may do. */
export interface SessionInfo {
  readonly protocol: typeof protocolVersion;
  /** The title of the dashboard. */
  readonly title: string;
  /** Such as `production`; absent unless configured. */
  readonly environment?: string;
  /** Whether keys can only be looked at. */
  readonly isReadOnly: boolean;
  /** The name under which actions are recorded. */
  readonly actor: string;
  /** Whether the session can be ended: not if the application authorizes the requests. */
  readonly canSignOut: boolean;
  /** The language, unless the visitor chooses another one. */
  readonly locale: 'en' | 'pt-BR';
}

/** What the server sends. `nowMs` is its clock, in ms since the epoch. */
export type ServerMessage =
  /** The first message of each connection. */
  | { readonly type: 'hello'; readonly nowMs: number; readonly incarnation: string; readonly session: SessionInfo }
  /** The whole document of a view. What came before it no longer counts. */
  | {
      readonly type: 'snapshot';
      readonly nowMs: number;
      readonly view: string;
      readonly sequence: number;
      readonly document: PageDocument;
    }
  /** What has changed since `sequence - 1`. */
  | {
      readonly type: 'patch';
      readonly nowMs: number;
      readonly view: string;
      readonly sequence: number;
      readonly patch: MergePatch;
    }
  /** Nothing has changed: what the client shows is as of `nowMs`. Also the end of what a client had missed. */
  | { readonly type: 'heartbeat'; readonly nowMs: number };
