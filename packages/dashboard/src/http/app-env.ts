import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from 'hono';
import type { Visitor } from '../live/connection.ts';
import type { Access } from '../live/access.ts';

/** What the app knows of a request besides the request itself. */
export interface AppEnv {
  readonly Bindings: {
    /** The request of Node.js; absent if the application calls `fetch()`. */
    readonly incoming?: IncomingMessage;
    readonly outgoing?: ServerResponse;
    /** Turns the connection into a WebSocket; only for a request to upgrade. */
    readonly upgrade?: (visitor: Visitor) => void;
  };
  Variables: { access: Access };
}

export type AppContext = Context<AppEnv>;
