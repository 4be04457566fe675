import { Hono } from 'hono';
import type { Visitor } from '../live/connection.ts';
import type { Live } from '../live/live.ts';
import type { ActionResult } from '../protocol/actions.ts';
import type { PageDocument } from '../protocol/page-document.ts';
import type { SessionInfo } from '../protocol/messages.ts';
import { parseView, type View } from '../protocol/view.ts';
import type { Access } from '../live/access.ts';
import { addRoute } from './add-route.ts';
import type { AppContext, AppEnv } from './app-env.ts';
import type { Gate } from './gate.ts';
import type { Operations } from './operations.ts';
import { hasOwnOrigin, isFromOtherSite } from './request-origin.ts';
import { forbidden, ProblemError } from './problem-error.ts';
import { serveEvents } from './serve-events.ts';

export interface ApiOptions {
  readonly gate: Gate;
  readonly live: Live;
  readonly operations: Operations;
  readonly build: (view: View) => PageDocument;
  /** The part of a session that is the same for all visitors. */
  readonly about: Omit<SessionInfo, 'actor' | 'isReadOnly' | 'canSignOut'>;
}

/** All below `api/v1`. */
export function createApi({ gate, live, operations, build, about }: ApiOptions): Hono<AppEnv> {
  const api = new Hono<AppEnv>();

  function sessionOf({ actor, isReadOnly, canSignOut }: Access): SessionInfo {
    return { ...about, actor, isReadOnly, canSignOut };
  }

  function visitorOf({ var: { access } }: AppContext): Visitor {
    return { session: sessionOf(access), access };
  }

  async function act(context: AppContext, run: (actor: string) => Promise<ActionResult>): Promise<Response> {
    const { actor, isReadOnly } = context.var.access;
    if (isReadOnly) throw readOnly();
    return context.json(await run(actor));
  }

  api.use(async ({ req }, next) => {
    if (isFromOtherSite(req.raw)) throw forbidden('Another site must not send this request.');
    await next();
  });
  const { signIn, signOut } = gate;
  if (signIn) addRoute(api, 'POST', '/login', async (context) => context.json(sessionOf(await signIn(context))));
  if (signOut) {
    addRoute(api, 'POST', '/logout', async (context) => {
      const access = await signOut(context);
      if (access) live.signOut(access);
      return context.body(null, 204);
    });
  }
  api.use(async (context, next) => {
    context.set('access', await gate.enter(context));
    await next();
  });

  addRoute(api, 'GET', '/session', (context) => context.json(sessionOf(context.var.access)));
  addRoute(api, 'GET', '/view', (context) => context.json(build(parseView(new URL(context.req.url).search))));
  addRoute(api, 'GET', '/stream', (context) => serveEvents(context, live, visitorOf(context)));
  addRoute(api, 'GET', '/live', (context) => {
    const { upgrade } = context.env ?? {};
    if (!upgrade) throw upgradeRequired();
    if (!hasOwnOrigin(context.req.raw)) throw forbidden('Another site must not open a WebSocket.');
    upgrade(visitorOf(context));
    return context.body(null);
  });
  addRoute(api, 'POST', '/pools/:provider/:pool/keys/:keyId/:action', (context) =>
    act(context, (actor) => operations.actOnKey(context.req.param(), actor)),
  );
  addRoute(api, 'POST', '/alerts/channels/:name/test', (context) =>
    act(context, (actor) => operations.testChannel(context.req.param('name') ?? '', actor)),
  );
  return api;
}

function readOnly(): ProblemError {
  return new ProblemError({ status: 405, code: 'read-only', title: 'Keys can only be looked at.' }, { allow: '' });
}

function upgradeRequired(): ProblemError {
  return new ProblemError(
    { status: 426, code: 'not-allowed', title: 'Open a WebSocket here.' },
    { upgrade: 'websocket', connection: 'upgrade' },
  );
}
