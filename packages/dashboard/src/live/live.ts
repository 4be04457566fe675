import { randomUUID } from 'node:crypto';
import type { FullRuntime } from '@api-key-fallback/core/adapter';
import type { PageDocument } from '../protocol/page-document.ts';
import type { View } from '../protocol/view.ts';
import { Connection, type Transport, type Visitor } from './connection.ts';
import { Frame } from './frame.ts';
import { LiveViews } from './live-views.ts';

export interface LiveOptions {
  readonly runtime: FullRuntime;
  readonly build: (view: View) => PageDocument;
  readonly warn: (text: string) => void;
}

const checkEveryMs = 1000;

/** The live protocol: all clients, and the views that they follow. */
export class Live {
  readonly #runtime: FullRuntime;
  readonly #incarnation = randomUUID();
  readonly #views: LiveViews;
  readonly #connections = new Set<Connection>();
  #cancelCheck: (() => void) | undefined;
  #isClosed = false;

  constructor(options: LiveOptions) {
    this.#runtime = options.runtime;
    this.#views = new LiveViews({ ...options, incarnation: this.#incarnation });
  }

  /** Begins to serve a client. Call `end()` of the connection when its transport has ended. */
  connect(transport: Transport, visitor: Visitor): Connection {
    const connection: Connection = new Connection({
      transport,
      visitor,
      views: this.#views,
      runtime: this.#runtime,
      onEnd: () => this.#connections.delete(connection),
    });
    if (this.#isClosed) {
      connection.close('closing');
      return connection;
    }
    this.#connections.add(connection);
    const hello = { type: 'hello', nowMs: this.#runtime.now(), incarnation: this.#incarnation } as const;
    connection.send(Frame.of({ ...hello, session: visitor.session }));
    this.#cancelCheck ??= this.#runtime.timer(checkEveryMs, () => this.#check(), true);
    return connection;
  }

  /** Ends the connections of a session that was ended in one of its tabs. */
  signOut({ actor, expiresAtMs }: Visitor['access']): void {
    for (const connection of this.#connections) {
      const { access } = connection.visitor;
      if (access.actor === actor && access.expiresAtMs === expiresAtMs) connection.close('signedOut');
    }
  }

  /** Ends all connections and timers. */
  close(): void {
    this.#isClosed = true;
    for (const connection of this.#connections) connection.close('closing');
    this.#cancelCheck?.();
    this.#views.close();
  }

  #check(): void {
    for (const connection of this.#connections) connection.check();
    const isNeeded = this.#connections.size > 0;
    this.#cancelCheck = isNeeded ? this.#runtime.timer(checkEveryMs, () => this.#check(), true) : undefined;
  }
}
