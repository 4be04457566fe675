import type { RedisConnection } from './redis-connection.ts';
import { answerCode, awayError, closedError, toRedisError, type RedisError } from './redis-error.ts';
import { RedisLink, type LinkOptions } from './redis-link.ts';

const commandLimitMs = 1500;
const silenceLimitMs = 2000;

/** Sends commands, each with a time limit, and finds out when nobody answers any more. */
export class CommandLink {
  readonly #link: RedisLink;
  readonly #inFlight = new Set<(error: RedisError) => void>();
  /** A connection that has left a command without an answer. */
  #suspect: RedisConnection | undefined;
  #isClosed = false;

  constructor(dial: LinkOptions['dial']) {
    this.#link = new RedisLink({ dial });
  }

  /** Rejects with the signal's reason, or within a second and a half with why there is no answer. */
  send(args: readonly string[], key: string, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(closedError());
      if (signal?.aborted) return reject(signal.reason);
      let used: RedisConnection | undefined;
      // Not unref'd: a process that has nothing else to do waits for the command that it has sent.
      const limit = setTimeout(() => {
        fail(awayError('ETIMEDOUT', 'no answer in time'));
        if (used) this.#doubt(used, key);
      }, commandLimitMs);
      const settle = (): void => {
        clearTimeout(limit);
        signal?.removeEventListener('abort', abort);
        this.#inFlight.delete(fail);
      };
      function fail(error: unknown): void {
        settle();
        reject(error);
      }
      function abort(): void {
        fail(signal?.reason);
      }
      signal?.addEventListener('abort', abort, { once: true });
      this.#inFlight.add(fail);
      this.#link
        .connection()
        .then((connection) => {
          // Who was told that there is no answer must not be surprised by one.
          if (!this.#inFlight.has(fail)) return undefined;
          if (connection === this.#suspect) throw awayError('ETIMEDOUT', 'no answer in time');
          used = connection;
          return connection.send(args, key);
        })
        .then(
          (reply) => {
            settle();
            resolve(reply);
          },
          (error: unknown) => {
            if (used && answerCode(error) === undefined) this.#link.recycle(used, error);
            fail(toRedisError(error));
          },
        );
    });
  }

  close(): void {
    this.#isClosed = true;
    for (const fail of this.#inFlight) fail(closedError());
    this.#link.close();
  }

  // It may be slow or gone for good, which the client libraries never find out. Meanwhile nothing piles up on it.
  #doubt(connection: RedisConnection, key: string): void {
    if (this.#suspect === connection) return;
    this.#suspect = connection;
    const heard = (): void => {
      clearTimeout(limit);
      if (this.#suspect === connection) this.#suspect = undefined;
    };
    const limit = setTimeout(() => {
      heard();
      this.#link.recycle(connection, awayError('ETIMEDOUT', 'no answer in time'));
    }, silenceLimitMs).unref();
    connection.send(['EXISTS', key], key).then(heard, heard);
  }
}
