import type { ConnectionListener, RedisConnection } from './redis-connection.ts';
import { answerCode, awayError, closedError, toRedisError } from './redis-error.ts';

const dialTimeoutMs = 5000;
const maxPauseMs = 2000;
const firstPauseMs = 50;

/** How a link creates connections, and the callbacks for their events. */
export interface LinkOptions {
  dial(on: ConnectionListener, signal: AbortSignal): Promise<RedisConnection>;
  message?(channel: string, message: string): void;
  /** Called with each new connection. */
  up?(connection: RedisConnection): void;
}

/**
 * Holds one connection at a time, and redials for ever with growing pauses after it has ended.
 *
 * Nothing is queued: during a pause, `connection()` rejects.
 */
export class RedisLink {
  readonly #options: LinkOptions;
  #connection: RedisConnection | undefined;
  #dialling: Promise<RedisConnection> | undefined;
  #dialAbort: AbortController | undefined;
  #pause: NodeJS.Timeout | undefined;
  #failures = 0;
  #reason = awayError('ENOTCONN', 'not connected yet');
  #isClosed = false;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** Resolves to the connection, and dials it if there is none. Rejects at once during a pause. */
  async connection(): Promise<RedisConnection> {
    if (this.#isClosed) throw closedError();
    if (this.#connection) return this.#connection;
    if (this.#pause) throw this.#reason;
    return (this.#dialling ??= this.#dial());
  }

  /** Ends a broken connection, and redials. */
  recycle(connection: RedisConnection, error: unknown): void {
    if (connection !== this.#connection) return;
    this.#connection = undefined;
    connection.end();
    this.#redialLater(error);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#pause);
    this.#dialAbort?.abort(closedError());
    this.#connection?.end();
    this.#connection = undefined;
  }

  async #dial(): Promise<RedisConnection> {
    const abort = (this.#dialAbort = new AbortController());
    const timeoutError = awayError('ETIMEDOUT', 'no connection in time');
    const timeout = setTimeout(() => abort.abort(timeoutError), dialTimeoutMs).unref();
    let made: RedisConnection | undefined;
    let hasEnded = false;
    const on: ConnectionListener = {
      message: (channel, message) => {
        if (made && made === this.#connection) this.#options.message?.(channel, message);
      },
      ended: (error) => {
        hasEnded = true;
        if (made) this.recycle(made, error);
        else abort.abort(toRedisError(error));
      },
    };
    try {
      made = await this.#options.dial(on, abort.signal);
      await this.#ping(made, abort.signal);
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
      clearTimeout(timeout);
      this.#dialling = undefined;
    }
  }

  // A server can accept connections without answering commands.
  #ping(connection: RedisConnection, signal: AbortSignal): Promise<void> {
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
