import type { ConnectionListener, RedisConnection } from './redis-connection.ts';
import { answerCode, awayError, closedError, toRedisError } from './redis-error.ts';

const dialLimitMs = 5000;
const maxPauseMs = 2000;
const firstPauseMs = 50;

/** What a link makes its connections with, and whom it tells. */
export interface LinkOptions {
  dial(on: ConnectionListener, signal: AbortSignal): Promise<RedisConnection>;
  message?(channel: string, message: string): void;
  /** A connection is there; the next one comes when this one has ended. */
  up?(connection: RedisConnection): void;
}

/**
 * One connection at a time, dialled anew for ever after it has ended, with growing pauses.
 *
 * Nothing is queued: between two attempts there is no connection to be had.
 */
export class RedisLink {
  readonly #options: LinkOptions;
  #connection: RedisConnection | undefined;
  #dialling: Promise<RedisConnection> | undefined;
  #giveUp: AbortController | undefined;
  #pause: NodeJS.Timeout | undefined;
  #failures = 0;
  #reason = awayError('ENOTCONN', 'not connected yet');
  #isClosed = false;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** The connection, dialled if there was none yet; rejects at once during a pause between two attempts. */
  async connection(): Promise<RedisConnection> {
    if (this.#isClosed) throw closedError();
    if (this.#connection) return this.#connection;
    if (this.#pause) throw this.#reason;
    return (this.#dialling ??= this.#dial());
  }

  /** Ends a connection that does not do its work, and dials anew. */
  recycle(connection: RedisConnection, error: unknown): void {
    if (connection !== this.#connection) return;
    this.#connection = undefined;
    connection.end();
    this.#redialLater(error);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#pause);
    this.#giveUp?.abort(closedError());
    this.#connection?.end();
    this.#connection = undefined;
  }

  async #dial(): Promise<RedisConnection> {
    const giveUp = (this.#giveUp = new AbortController());
    const late = awayError('ETIMEDOUT', 'no connection in time');
    const limit = setTimeout(() => giveUp.abort(late), dialLimitMs).unref();
    let made: RedisConnection | undefined;
    let hasEnded = false;
    const on: ConnectionListener = {
      message: (channel, message) => {
        if (made && made === this.#connection) this.#options.message?.(channel, message);
      },
      ended: (error) => {
        hasEnded = true;
        if (made) this.recycle(made, error);
        else giveUp.abort(toRedisError(error));
      },
    };
    try {
      made = await this.#options.dial(on, giveUp.signal);
      await this.#ask(made, giveUp.signal);
      if (hasEnded || this.#isClosed) throw this.#isClosed ? closedError() : awayError('ECONNRESET');
      this.#connection = made;
      this.#failures = 0;
      this.#options.up?.(made);
      return made;
    } catch (error) {
      made?.end();
      this.#redialLater(error);
      throw this.#reason;
    } finally {
      clearTimeout(limit);
      this.#dialling = undefined;
    }
  }

  // A server that accepts connections need not be one that answers.
  #ask(connection: RedisConnection, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      connection.send(['PING']).then(
        () => resolve(),
        (error: unknown) => (answerCode(error) ? resolve() : reject(error)),
      );
    });
  }

  #redialLater(error: unknown): void {
    this.#reason = toRedisError(error);
    if (this.#isClosed) return;
    const pauseMs = Math.min(firstPauseMs * 2 ** this.#failures++, maxPauseMs) * (0.5 + Math.random() / 2);
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.connection().catch(() => {});
    }, pauseMs).unref();
  }
}
