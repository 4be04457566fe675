/** How long a server may take to accept a connection, in ms. */
export const connectTimeoutMs = 2000;

/** A connection of our own, made by the user's library; it ends once and is then replaced, never revived. */
export interface RedisConnection {
  /** Sends a command; a cluster sends it to where the key is, or anywhere without a key. */
  send(args: readonly string[], key?: string): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  end(): void;
}

/** What a connection tells while it lives. */
export interface ConnectionListener {
  message(channel: string, message: string): void;
  ended(error: unknown): void;
}

/** Makes connections from the client that the user has given, which stays as it is. */
export interface RedisConnections {
  /** For commands on keys. Rejects when the signal is aborted, and then leaves nothing behind. */
  dial(on: ConnectionListener, signal: AbortSignal): Promise<RedisConnection>;
  /** For a feed: always to one server, so that asking whether it is still there has a meaning. */
  dialFeed(on: ConnectionListener, signal: AbortSignal): Promise<RedisConnection>;
}
