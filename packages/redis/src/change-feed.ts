import type { RedisConnection } from './redis-connection.ts';
import { answerCode, awayError, closedError, toRedisError, type RedisError } from './redis-error.ts';
import { RedisLink, type LinkOptions } from './redis-link.ts';

const subscribeTimeoutMs = 2500;
const silenceMs = 5000;
const pingTimeoutMs = 2000;

/** Receives the messages of one channel. */
export interface ChannelListener {
  message(message: string): void;
  /** Called when the subscription becomes active. Earlier messages may have been missed. */
  live(): void;
}

/** Subscribes to channels on a connection of its own, which exists while there are listeners. */
export class ChangeFeed {
  readonly #dial: LinkOptions['dial'];
  readonly #channels = new Map<string, Set<ChannelListener>>();
  /** Listeners whose `subscribe()` has resolved. */
  readonly #subscribed = new WeakSet<ChannelListener>();
  readonly #waiting = new Set<(error: RedisError) => void>();
  #link: RedisLink | undefined;
  #connection: RedisConnection | undefined;
  /** Channel → its subscription on the current connection. */
  #subscriptions = new Map<string, Promise<unknown>>();
  #watchTimer: NodeJS.Timeout | undefined;
  /** When the connection last received something, by `performance.now()`. */
  #heardAtMs = 0;
  #isClosed = false;

  constructor(dial: LinkOptions['dial']) {
    this.#dial = dial;
  }

  /** Resolves when the subscription is active. When it rejects, the listener is removed again. */
  async subscribe(channel: string, listener: ChannelListener): Promise<() => Promise<void>> {
    if (this.#isClosed) throw closedError();
    const listeners = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, listeners.add(listener));
    try {
      const connected = this.#open().connection();
      await this.#inTime(connected.then((connection) => this.#subscribeOn(connection, channel)));
    } catch (error) {
      this.#remove(channel, listener);
      throw toRedisError(error);
    }
    this.#subscribed.add(listener);
    listener.live();
    return async () => this.#remove(channel, listener);
  }

  close(): void {
    this.#isClosed = true;
    this.#channels.clear();
    for (const fail of this.#waiting) fail(closedError());
    this.#disconnect();
  }

  #open(): RedisLink {
    if (this.#link) return this.#link;
    return (this.#link = new RedisLink({
      dial: this.#dial,
      message: (channel, message) => {
        this.#heardAtMs = performance.now();
        for (const listener of this.#channels.get(channel) ?? []) listener.message(message);
      },
      up: (connection) => this.#resubscribe(connection),
    }));
  }

  #disconnect(): void {
    clearTimeout(this.#watchTimer);
    this.#link?.close();
    this.#link = undefined;
    this.#connection = undefined;
    this.#subscriptions = new Map();
  }

  #resubscribe(connection: RedisConnection): void {
    this.#connection = connection;
    this.#subscriptions = new Map();
    this.#hear(connection);
    this.#watch(connection);
    for (const channel of this.#channels.keys()) {
      this.#subscribeOn(connection, channel).then(
        () => {
          for (const listener of this.#channels.get(channel) ?? []) if (this.#subscribed.has(listener)) listener.live();
        },
        (error: unknown) => {
          if (answerCode(error) === undefined) this.#link?.recycle(connection, error);
        },
      );
    }
  }

  #subscribeOn(connection: RedisConnection, channel: string): Promise<unknown> {
    const known = this.#subscriptions.get(channel);
    if (known) return known;
    const subscription = connection.subscribe(channel);
    this.#subscriptions.set(channel, subscription);
    subscription.then(
      () => this.#hear(connection),
      () => {}, // the caller gets the error
    );
    return subscription;
  }

  #remove(channel: string, listener: ChannelListener): void {
    const listeners = this.#channels.get(channel);
    if (!listeners?.delete(listener) || listeners.size > 0) return;
    this.#channels.delete(channel);
    if (this.#channels.size === 0) return this.#disconnect();
    if (this.#subscriptions.delete(channel)) this.#connection?.unsubscribe(channel).catch(() => {});
  }

  #inTime<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(() => fail(awayError('ETIMEDOUT', 'no answer in time')), subscribeTimeoutMs);
      const settle = (): void => {
        clearTimeout(timeout);
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

  #hear(connection: RedisConnection): void {
    if (connection === this.#connection) this.#heardAtMs = performance.now();
  }

  // A connection that only receives cannot detect that the server is gone. Messages note their time only: a new timer for each costs more.
  #watch(connection: RedisConnection): void {
    if (connection !== this.#connection) return;
    const nowMs = performance.now();
    const leftMs = this.#heardAtMs + silenceMs - nowMs;
    if (leftMs > 0) return this.#watchIn(leftMs, () => this.#watch(connection));
    connection.send(['PING']).then(
      () => this.#hear(connection),
      (error: unknown) => {
        if (answerCode(error)) this.#hear(connection);
        else this.#link?.recycle(connection, error);
      },
    );
    this.#watchIn(pingTimeoutMs, () => {
      if (this.#heardAtMs >= nowMs) return this.#watch(connection);
      this.#link?.recycle(connection, awayError('ETIMEDOUT', 'no answer in time'));
    });
  }

  #watchIn(ms: number, check: () => void): void {
    clearTimeout(this.#watchTimer);
    this.#watchTimer = setTimeout(check, ms).unref();
  }
}
