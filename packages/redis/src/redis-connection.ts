/** The timeout for a server to accept a connection, in ms. */
export const connectTimeoutMs = 2000;

/** A connection of the store, made with the user's library. It never reconnects: the store replaces it. */
export interface RedisConnection {
  /** Sends a command. A cluster sends it to the node of the key, or to any node without a key. */
  send(args: readonly string[], key?: string): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  end(): void;
}

/** Receives the events of a connection. */
export interface ConnectionListener {
  message(channel: string, message: string): void;
  ended(error: unknown): void;
}

/** Creates connections from the user's client, without changing it. */
export interface RedisConnections {
  /** For commands on keys. Rejects when the signal is aborted, and leaves no open socket. */
  dial(on: ConnectionListener, signal: AbortSignal): Promise<RedisConnection>;
  /** For a feed. Always to a single server, so that a ping checks the server of the feed. */
  dialFeed(on: ConnectionListener, signal: AbortSignal): Promise<RedisConnection>;
}
