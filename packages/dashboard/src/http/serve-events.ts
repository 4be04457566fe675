import type { Visitor } from '../live/connection.ts';
import { openEventStream } from '../live/event-stream.ts';
import type { Live } from '../live/live.ts';
import { parseSeen } from '../live/parse-client-message.ts';
import type { AppContext } from './app-env.ts';

/** Answers with the live protocol as an event stream (SSE). */
export function serveEvents(context: AppContext, live: Live, visitor: Visitor): Response {
  context.header('content-type', 'text/event-stream; charset=utf-8');
  // Keeps proxies and compression of the application from buffering events.
  context.header('cache-control', 'no-store, no-transform');
  context.header('x-accel-buffering', 'no');
  if (context.req.method === 'HEAD') return context.body(null);
  const { search, searchParams } = new URL(context.req.url);
  const seen = parseSeen(context.req.header('last-event-id') ?? searchParams.get('seen') ?? '');
  const subscription = { type: 'subscribe', view: search, ...(seen ? { seen } : {}) } as const;
  const { outgoing } = context.env ?? {};
  const destroy = () => void outgoing?.destroy();
  return context.body(openEventStream({ live, visitor, subscription, destroy }));
}
