import type { RedisConnection } from './redis-connection.ts';
import { answerCode, awayError, closedError, toRedisError, type RedisError } from './redis-error.ts';
import { RedisLink, type LinkOptions } from './redis-link.ts';

const subscribeLimitMs = 2500;
const askEveryMs = 1000;
const silenceLimitMs = 2000;

/** Who listens to a channel. */
export interface ChannelListener {
  message(message: string): void;
  /** The channel is heard from now on; what was said before may have been missed. */
  live(): void;
}

/** Listens to channels on a connection of its own, which is there as long as anybody listens. */
export class ChangeFeed {
  readonly #dial: LinkOptions['dial'];
  readonly #channels = new Map<string, Set<ChannelListener>>();
  /** Those whose subscription has come about. */
  readonly #settled = new WeakSet<ChannelListener>();
  readonly #waiting = new Set<(error: RedisError) => void>();
  #link: RedisLink | undefined;
  #connection: RedisConnection | undefined;
  /** The channels of the current connection. */
  #heard = new Map<string, Promise<unknown>>();
  #asking: NodeJS.Timeout | undefined;
  #unansweredSince: number | undefined;
  #isClosed = false;

  constructor(dial: LinkOptions['dial']) {
    this.#dial = dial;
  }

  /** Resolves when the channel is heard; when it rejects, nothing of the attempt is left. */
  async subscribe(channel: string, listener: ChannelListener): Promise<() => Promise<void>> {
    if (this.#isClosed) throw closedError();
    const listeners = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, listeners.add(listener));
    try {
      const connected = this.#open().connection();
      await this.#inTime(connected.then((connection) => this.#hear(connection, channel)));
    } catch (error) {
      this.#remove(channel, listener);
      throw toRedisError(error);
    }
    this.#settled.add(listener);
    listener.live();
    return async () => this.#remove(channel, listener);
  }

  close(): void {
    this.#isClosed = true;
    this.#channels.clear();
    for (const fail of this.#waiting) fail(closedError());
    this.#shut();
  }

  #open(): RedisLink {
    if (this.#link) return this.#link;
    this.#asking = setInterval(() => this.#ask(), askEveryMs).unref();
    return (this.#link = new RedisLink({
      dial: this.#dial,
      message: (channel, message) => {
        for (const listener of this.#channels.get(channel) ?? []) listener.message(message);
      },
      up: (connection) => this.#resume(connection),
    }));
  }

  #shut(): void {
    clearInterval(this.#asking);
    this.#link?.close();
    this.#link = undefined;
    this.#connection = undefined;
    this.#heard = new Map();
  }

  #resume(connection: RedisConnection): void {
    this.#connection = connection;
    this.#unansweredSince = undefined;
    this.#heard = new Map();
    for (const channel of this.#channels.keys()) {
      this.#hear(connection, channel).then(
        () => {
          for (const listener of this.#channels.get(channel) ?? []) if (this.#settled.has(listener)) listener.live();
        },
        (error: unknown) => {
          if (answerCode(error) === undefined) this.#link?.recycle(connection, error);
        },
      );
    }
  }

  #hear(connection: RedisConnection, channel: string): Promise<unknown> {
    const heard = this.#heard.get(channel) ?? connection.subscribe(channel);
    this.#heard.set(channel, heard);
    return heard;
  }

  #remove(channel: string, listener: ChannelListener): void {
    const listeners = this.#channels.get(channel);
    if (!listeners?.delete(listener) || listeners.size > 0) return;
    this.#channels.delete(channel);
    if (this.#channels.size === 0) return this.#shut();
    if (this.#heard.delete(channel)) this.#connection?.unsubscribe(channel).catch(() => {});
  }

  #inTime<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => fail(awayError('ETIMEDOUT', 'no answer in time')), subscribeLimitMs);
      const settle = (): void => {
        clearTimeout(limit);
        this.#waiting.delete(fail);
      };
      function fail(error: unknown): void {
        settle();
        reject(error);
      }
      this.#waiting.add(fail);
      work.then((value) => {
        settle();
        resolve(value);
      }, fail);
    });
  }

  // Who only listens never finds out that nobody talks any more.
  #ask(): void {
    const connection = this.#connection;
    if (!connection) return;
    if (this.#unansweredSince === undefined) {
      this.#unansweredSince = performance.now();
      const answered = (): void => {
        if (connection === this.#connection) this.#unansweredSince = undefined;
      };
      connection.send(['PING']).then(answered, (error: unknown) => {
        if (answerCode(error)) answered();
        else this.#link?.recycle(connection, error);
      });
    } else if (performance.now() - this.#unansweredSince >= silenceLimitMs) {
      this.#connection = undefined;
      this.#link?.recycle(connection, awayError('ETIMEDOUT', 'no answer in time'));
    }
  }
}
