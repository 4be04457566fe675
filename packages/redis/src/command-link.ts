import type { RedisConnection } from './redis-connection.ts';
import { answerCode, awayError, closedError, toRedisError, type RedisError } from './redis-error.ts';
import { RedisLink, type LinkOptions } from './redis-link.ts';

const commandTimeoutMs = 1500;
const silenceTimeoutMs = 2000;

/** Sends commands with a timeout, and detects connections that no longer answer. */
export class CommandLink {
  readonly #link: RedisLink;
  readonly #inFlight = new Set<(error: RedisError) => void>();
  /** A connection on which a command has timed out. */
  #suspect: RedisConnection | undefined;
  #isClosed = false;

  constructor(dial: LinkOptions['dial']) {
    this.#link = new RedisLink({ dial });
  }

  /** Rejects with the reason of the signal, or within 1.5 s with a `RedisError`. */
  send(args: readonly string[], key: string, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(closedError());
      if (signal?.aborted) return reject(signal.reason);
      let used: RedisConnection | undefined;
      // Not unref'd, so that a process does not end before its last command is answered.
      const timeout = setTimeout(() => {
        fail(awayError('ETIMEDOUT', 'no answer in time'));
        if (used) this.#checkSilent(used, key);
      }, commandTimeoutMs);
      const settle = (): void => {
        clearTimeout(timeout);
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
          // A command that has timed out must not be sent later.
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

  // The client libraries do not detect a dead connection. No command is sent on it until this check is answered.
  #checkSilent(connection: RedisConnection, key: string): void {
    if (this.#suspect === connection) return;
    this.#suspect = connection;
    const onAnswer = (): void => {
      clearTimeout(timeout);
      if (this.#suspect === connection) this.#suspect = undefined;
    };
    const timeout = setTimeout(() => {
      onAnswer();
      this.#link.recycle(connection, awayError('ETIMEDOUT', 'no answer in time'));
    }, silenceTimeoutMs).unref();
    connection.send(['EXISTS', key], key).then(onAnswer, onAnswer);
  }
}
