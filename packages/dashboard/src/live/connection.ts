import type { FullRuntime } from '@api-key-fallback/core/adapter';
import type { Access } from './access.ts';
import { heartbeatMs, type ClientMessage, type SessionInfo } from '../protocol/messages.ts';
import { Frame } from './frame.ts';
import type { LiveViews } from './live-views.ts';

/** Why the server ends a connection. */
export type CloseReason = 'badMessage' | 'signedOut' | 'tooSlow' | 'closing';

/** Carries frames to a client: a WebSocket or an event stream. */
export interface Transport {
  /** The bytes that are buffered because the client reads slowly. */
  readonly waitingBytes: number;
  send(frame: Frame): void;
  close(reason: CloseReason): void;
  /** Runs every second. */
  check(nowMs: number): void;
}

/** Who is connected. */
export interface Visitor {
  readonly session: SessionInfo;
  readonly access: Pick<Access, 'actor' | 'expiresAtMs' | 'isStillAllowed'>;
}

export interface ConnectionOptions {
  readonly transport: Transport;
  readonly visitor: Visitor;
  readonly views: LiveViews;
  readonly runtime: FullRuntime;
  readonly onEnd: () => void;
}

const mostWaitingBytes = 1024 * 1024;
/** A second less than the limit, because silence is checked every second. */
const longestSilenceMs = heartbeatMs - 1000;
/** A client that changes its view more often gets only the last one. */
const changeEveryMs = 100;
const askEveryMs = 60_000;

/** A client that follows one view at a time. */
export class Connection {
  readonly visitor: Visitor;
  readonly #options: ConnectionOptions;
  #stopFollowing = (): void => {};
  #cancelChange: (() => void) | undefined;
  #wanted: ClientMessage | undefined;
  #changedAtMs = -Infinity;
  #sentAtMs = 0;
  #askedAtMs: number;
  #hasEnded = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.visitor = options.visitor;
    this.#askedAtMs = options.runtime.steadyNow();
  }

  /** Applies a message of the client: the last one if several come together. */
  receive(message: ClientMessage): void {
    if (this.#hasEnded) return;
    this.#wanted = message;
    const { runtime } = this.#options;
    const waitMs = Math.max(0, this.#changedAtMs + changeEveryMs - runtime.steadyNow());
    this.#cancelChange ??= runtime.timer(waitMs, () => this.#change(), true);
  }

  send(frame: Frame): void {
    if (this.#hasEnded) return;
    const { transport, runtime } = this.#options;
    if (transport.waitingBytes > mostWaitingBytes) return this.close('tooSlow');
    this.#sentAtMs = runtime.steadyNow();
    transport.send(frame);
  }

  /** Closes the connection if the session is over, and sends a heartbeat after silence. Runs every second. */
  check(): void {
    const { transport, visitor, runtime } = this.#options;
    const { expiresAtMs = Infinity } = visitor.access;
    if (runtime.now() >= expiresAtMs) return this.close('signedOut');
    const nowMs = runtime.steadyNow();
    if (nowMs - this.#askedAtMs >= askEveryMs) void this.#ask();
    transport.check(nowMs);
    if (nowMs - this.#sentAtMs >= longestSilenceMs) this.send(Frame.of({ type: 'heartbeat', nowMs: runtime.now() }));
  }

  close(reason: CloseReason): void {
    if (this.#hasEnded) return;
    this.end();
    this.#options.transport.close(reason);
  }

  /** Stops serving the client. Its transport has ended. */
  end(): void {
    this.#hasEnded = true;
    this.#cancelChange?.();
    this.#stopFollowing();
    this.#options.onEnd();
  }

  /** Asks the application again, because a connection can last for days. */
  async #ask(): Promise<void> {
    this.#askedAtMs = this.#options.runtime.steadyNow();
    const { isStillAllowed } = this.visitor.access;
    if (isStillAllowed && !(await isStillAllowed().catch(() => false))) this.close('signedOut');
  }

  #change(): void {
    const message = this.#wanted;
    const { views, runtime } = this.#options;
    this.#cancelChange = undefined;
    this.#changedAtMs = runtime.steadyNow();
    this.#stopFollowing();
    this.#stopFollowing = message?.type === 'subscribe' ? views.follow(message.view, this, message.seen) : () => {};
    // Sending the first frames can have ended the connection.
    if (this.#hasEnded) this.#stopFollowing();
  }
}
