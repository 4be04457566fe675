import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { InvalidOptionsError } from '@api-key-fallback/core';
import { checkOption, checkOptionNames, createRuntime, openWatchLog } from '@api-key-fallback/core/adapter';
import { Collector } from './collect/collector.ts';
import { checkDashboardOptions, tokensOf, type DashboardOptions } from './dashboard-options.ts';
import { AllowedHosts, isLoopback } from './http/allowed-hosts.ts';
import type { AppEnv } from './http/app-env.ts';
import { createApp } from './http/create-app.ts';
import type { Gate } from './http/gate.ts';
import { startServer, type DashboardServer, type ListenOptions } from './http/listen.ts';
import { Operations } from './http/operations.ts';
import { AuthorizeGate } from './http/authorize-gate.ts';
import { closed, ProblemError } from './http/problem-error.ts';
import { TokenGate } from './http/token-gate.ts';
import type { UpgradingServer } from './http/upgrade-listener.ts';
import { Upgrades } from './http/upgrades.ts';
import { Live } from './live/live.ts';
import { WebSockets } from './live/web-sockets.ts';
import { buildDocument } from './pages/build-document.ts';
import { defined } from './protocol/defined.ts';
import { protocolVersion } from './protocol/messages.ts';
import type { View } from './protocol/view.ts';

/** A dashboard that an application mounts, or that serves itself. Only `listen()` keeps the process alive. */
export interface Dashboard {
  /** Answers a request, with or without `basePath` in front of its path. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** The same for the requests of Node.js: node:http, Express, Fastify, Koa, Nest. */
  readonly node: (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;
  /**
   * Serves the live updates of a server by WebSocket. Without it, they arrive as an event stream. Other upgrades are left to the
   * application. Returns a function that detaches it.
   */
  readonly attachWebSocket: (server: UpgradingServer) => () => void;
  /**
   * Starts a server for the dashboard alone, on `http://127.0.0.1:4321` unless the options say otherwise.
   *
   * @throws InvalidOptionsError for an invalid option, and for a host beyond loopback with `auth: false`. Rejects if the port is in
   * use, and once the dashboard is closed.
   */
  readonly listen: (options?: ListenOptions) => Promise<DashboardServer>;
  /** Ends all connections, servers, listeners and timers. Requests get 503 from then on. Never rejects. */
  readonly close: () => Promise<void>;
}

const listenNames = new Set(['port', 'host']);

/**
 * Creates a dashboard of the key managers of this process.
 *
 * @throws InvalidOptionsError for an invalid option.
 * @example
 * const dashboard = createDashboard({ auth: { token: process.env.DASHBOARD_TOKEN } });
 * const { url } = await dashboard.listen();
 */
export function createDashboard(options: DashboardOptions): Dashboard {
  checkDashboardOptions(options);
  const { managers, alerts, title = 'API keys', environment, logger, locale } = options;
  const log = openWatchLog('Dashboard', defined({ logger, locale }));
  const warn = (text: string): void => log.warn(text);
  const runtime = createRuntime(options.runtime);
  const path = (options.basePath ?? '/').replace(/\/$/, '') || '/';
  const basePath = path === '/' ? path : `${path}/`;
  const collector = new Collector(defined({ managers, runtime: options.runtime }));
  const build = (view: View) => buildDocument(view, { collector, ...defined({ alerts }) });
  const live = new Live({ runtime, build, warn });
  const webSockets = new WebSockets(live);
  const allowedHosts = new AllowedHosts(options.allowedHosts ?? []);
  let closing: Promise<void> | undefined;
  const isClosed = (): boolean => closing !== undefined;
  const app = createApp({
    basePath,
    allowedHosts,
    isClosed,
    gate: gateOf(options, path, runtime),
    live,
    operations: new Operations({ collector, alerts }),
    build,
    about: { protocol: protocolVersion, title, locale: log.locale, ...defined({ environment }) },
    warn,
  });
  const upgrades = new Upgrades({ app, webSockets, basePath });
  /** Those that are being started too. */
  const servers = new Set<Promise<DashboardServer>>();
  const listener = getRequestListener((request, env) => app.fetch(request, env as AppEnv['Bindings']), {
    overrideGlobalObjects: false,
    errorHandler: () => invalidAddress().toResponse(),
  });

  async function close(): Promise<void> {
    upgrades.close();
    live.close();
    await webSockets.close();
    const started = await Promise.allSettled(servers);
    const running = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    await Promise.all(running.map((server) => server.close()));
    collector.close();
  }

  const dashboard: Dashboard = {
    fetch: async (request) => app.fetch(request),
    node: (incoming, outgoing) => listener(incoming, outgoing),
    attachWebSocket: (server) => upgrades.attach(server),
    async listen(given = {}) {
      const { port, host } = checkListenOptions(given, options.auth === false);
      if (isClosed()) throw closed();
      const starting = startServer(dashboard, { port, host, basePath }, warn);
      servers.add(starting);
      const server = await starting;
      if (isClosed()) throw closed();
      allowedHosts.addServer(host);
      return server;
    },
    close: () => (closing ??= close()),
  };
  return dashboard;
}

function gateOf(
  { auth, authorize, readOnly: isReadOnly = false }: DashboardOptions,
  path: string,
  runtime: ReturnType<typeof createRuntime>,
): Gate {
  const tokens = tokensOf(auth);
  if (tokens) return new TokenGate({ tokens, path, isReadOnly, runtime });
  return new AuthorizeGate({ authorize: authorize ?? (() => false), isReadOnly });
}

function checkListenOptions(options: ListenOptions, isOpen: boolean): Required<ListenOptions> {
  checkOptionNames('options', options, listenNames, '{ port: 4321 }');
  const { port = 4321, host = '127.0.0.1' } = options;
  checkOption(Number.isInteger(port) && port >= 0 && port <= 65_535, 'port', port, 'a whole number from 0 to 65535');
  checkOption(typeof host === 'string' && host !== '', 'host', host, "an address such as '127.0.0.1'");
  if (isOpen && !isLoopback(host)) {
    throw new InvalidOptionsError(
      'listen() beyond this computer needs "auth" with a token. With auth: false, write host: \'127.0.0.1\', or mount the dashboard in your application.',
    );
  }
  return { port, host };
}

/** For a request that cannot be parsed. */
function invalidAddress(): ProblemError {
  return new ProblemError({
    status: 400,
    code: 'failed',
    title: 'The address or the host name of the request is invalid.',
  });
}
