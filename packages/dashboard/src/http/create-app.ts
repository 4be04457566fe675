import { errorMessage } from '@api-key-fallback/core/adapter';
import { Hono, type MiddlewareHandler } from 'hono';
import { hostOf, type AllowedHosts } from './allowed-hosts.ts';
import { addRoute } from './add-route.ts';
import type { AppContext, AppEnv } from './app-env.ts';
import { createApi, type ApiOptions } from './create-api.ts';
import { closed, failed, notFound, ProblemError } from './problem-error.ts';
import { relativePath } from './relative-path.ts';
import { securityHeaders } from './security-headers.ts';
import { serveFile, servePage } from './static-files.ts';

export interface AppOptions extends ApiOptions {
  /** Ends in a slash. */
  readonly basePath: string;
  readonly allowedHosts: AllowedHosts;
  readonly isClosed: () => boolean;
  readonly warn: (text: string) => void;
}

/** The page, its files and the API, behind the checks of all requests. */
export function createApp(options: AppOptions): Hono<AppEnv> {
  const { basePath, allowedHosts, isClosed, warn } = options;
  // The path is still URL-encoded, because names of pools can contain a slash.
  const app = new Hono<AppEnv>({ getPath: ({ url }) => relativePath(new URL(url).pathname, basePath) });

  app.use(securityHeaders, noStore);
  app.onError((error) => {
    if (error instanceof ProblemError) return error.toResponse();
    warn(`A request has failed: ${errorMessage(error)}`);
    return failed().toResponse();
  });
  app.notFound(() => notFound('There is nothing at this address.').toResponse());
  app.use(async ({ req }, next) => {
    if (isClosed()) throw closed();
    if (!allowedHosts.has(hostOf(req.raw))) throw unknownHost();
    await next();
  });

  addRoute(app, 'GET', '/', (context) => {
    const { pathname, search } = new URL(context.req.url);
    const path = originalPath(context) ?? pathname;
    return `${path}/` === basePath ? context.redirect(basePath + search) : servePage(context, basePath);
  });
  addRoute(app, 'GET', '/assets/*', serveFile);
  app.route('/api/v1', createApi(options));
  return app;
}

const noStore: MiddlewareHandler = async (context, next) => {
  await next();
  if (!context.res.headers.has('cache-control')) context.header('cache-control', 'no-store');
};

function unknownHost(): ProblemError {
  // Does not repeat the host, which can be anything.
  const title = 'This host name is not allowed. Add it to "allowedHosts" in createDashboard() if it is yours.';
  return new ProblemError({ status: 421, code: 'unknown-host', title });
}

/** The path before Express, or what is compatible with it, has cut off where the dashboard is mounted. */
function originalPath({ env }: AppContext): string | undefined {
  const original = (env?.incoming as { readonly originalUrl?: unknown } | undefined)?.originalUrl;
  return typeof original === 'string' ? original.split('?')[0] : undefined;
}
