import type { Hono } from 'hono';
import { actionHeader } from '../protocol/actions.ts';
import type { AppContext, AppEnv } from './app-env.ts';
import { isFromOwnPage } from './request-origin.ts';
import { forbidden, ProblemError } from './problem-error.ts';

export type Handler = (context: AppContext) => Response | Promise<Response>;

/** Adds a route that refuses all methods but one. A POST has effects, so it must come from the page itself or from a script. */
export function addRoute(app: Hono<AppEnv>, method: 'GET' | 'POST', path: string, handler: Handler): void {
  app.on(method, path, (context) => {
    if (method === 'POST') checkIsOwn(context.req.raw);
    return handler(context);
  });
  // Hono answers HEAD as it answers GET, without the body.
  const allow = method === 'GET' ? 'GET, HEAD' : method;
  app.all(path, () => {
    throw new ProblemError({ status: 405, code: 'not-allowed', title: `The method must be ${allow}.` }, { allow });
  });
}

function checkIsOwn(request: Request): void {
  if (!request.headers.has(actionHeader)) throw forbidden(`The header ${actionHeader} is missing.`);
  if (!isFromOwnPage(request)) throw forbidden('Another site must not send this request.');
}
