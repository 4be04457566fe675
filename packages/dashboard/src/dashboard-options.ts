import type { IncomingMessage } from 'node:http';
import {
  InvalidOptionsError,
  type ApiKeyManager,
  type Locale,
  type LogOptions,
  type Runtime,
} from '@api-key-fallback/core';
import { checkOption, checkOptionNames, readField, redactKeys } from '@api-key-fallback/core/adapter';
import { isHost } from './http/allowed-hosts.ts';
import type { WatchedAlerts } from './pages/watched-alerts.ts';

/** Who sends a request, as the application knows them. */
export interface Actor {
  /** The name under which actions are recorded: 1 to 100 characters. */
  readonly actor: string;
  /** Whether they can only look at keys. @default false */
  readonly isReadOnly?: boolean;
}

/**
 * Decides whether a request may see the dashboard.
 *
 * @param incoming The request of Node.js as the middleware before the dashboard has left it. Requests to open a WebSocket pass no
 * middleware. Absent if the application calls `fetch()`.
 */
export type Authorize = (request: Request, incoming?: IncomingMessage) => Actor | boolean | Promise<Actor | boolean>;

/** How visitors sign in. Tokens have at least 16 characters. */
export type DashboardAuth =
  /** One token. `actor` is the name under which actions are recorded, `operator` by default. */
  | { readonly token: string | undefined; readonly actor?: string }
  /** A token for each actor. */
  | { readonly tokens: Readonly<Record<string, string | undefined>> }
  /** The application decides in `authorize`. */
  | false;

/** Options of {@link createDashboard}. */
export interface DashboardOptions extends Pick<LogOptions, 'logger'> {
  /** How visitors sign in; `false` if the application decides in `authorize`. */
  readonly auth: DashboardAuth;
  /** Decides at each request, with `auth: false`. */
  readonly authorize?: Authorize;
  /** The key managers to show. @default all of `registry`, those that are registered later included */
  readonly managers?: readonly ApiKeyManager[];
  /** The alerts to show: what `watchKeys()` returns. @default none */
  readonly alerts?: WatchedAlerts;
  /** The path at which browsers see the dashboard, for example `/ops/keys`. @default '/' */
  readonly basePath?: string;
  /** Whether keys can only be looked at. @default false */
  readonly readOnly?: boolean;
  /** The title of the page. @default 'API keys' */
  readonly title?: string;
  /** Such as `production`, shown beside the title. @default none */
  readonly environment?: string;
  /** The language, unless a visitor chooses another one. @default API_KEY_FALLBACK_LOCALE, or 'en' if that is not set */
  readonly locale?: Locale;
  /** The host names of the dashboard besides localhost, with or without a port, for example `keys.example.com`. @default [] */
  readonly allowedHosts?: readonly string[];
  /** Replaces the clock and timers, for tests. */
  readonly runtime?: Partial<Runtime>;
}

const knownOptions: Readonly<Record<keyof DashboardOptions, true>> = {
  auth: true,
  authorize: true,
  managers: true,
  alerts: true,
  basePath: true,
  readOnly: true,
  title: true,
  environment: true,
  locale: true,
  allowedHosts: true,
  logger: true,
  runtime: true,
};
const optionNames = new Set(Object.keys(knownOptions));
const authNames = new Set(['token', 'tokens', 'actor']);
const authExample = '{ token: process.env.DASHBOARD_TOKEN }';
/** The actor of visitors without a name of their own. */
export const defaultActor = 'operator';
const shortestToken = 16;
const longestText = 100;

/** @throws InvalidOptionsError naming the option and what to write, unless all are valid. */
export function checkDashboardOptions(options: DashboardOptions): void {
  checkOptionNames('options', options, optionNames, `{ auth: ${authExample} }`);
  const { auth, authorize, managers, alerts, basePath, readOnly, allowedHosts, runtime } = options;
  checkAuth(auth, authorize);
  if (managers !== undefined) checkManagers(managers);
  const isWatch = alerts === undefined || typeof readField(alerts, 'firing') === 'function';
  checkOption(isWatch, 'alerts', alerts, 'what watchKeys() of @api-key-fallback/alerts returns');
  const isPath =
    basePath === undefined || (typeof basePath === 'string' && /^(?:\/[\w~-][\w.~-]*)*\/?$/.test(basePath));
  checkOption(isPath && basePath !== '', 'basePath', basePath, 'a path such as /ops/keys, without a host and a query');
  checkOption([undefined, true, false].includes(readOnly), 'readOnly', readOnly, 'true or false');
  for (const name of ['title', 'environment'] as const) checkText(name, options[name]);
  const areHosts = allowedHosts === undefined || (Array.isArray(allowedHosts) && allowedHosts.every(isHost));
  checkOption(areHosts, 'allowedHosts', allowedHosts, "a list of host names, for example ['keys.example.com']");
  const isRuntime = runtime === undefined || (typeof runtime === 'object' && runtime !== null);
  checkOption(isRuntime, 'runtime', runtime, 'an object with now, timer, sleep or random');
}

/** Returns the token of each actor; `undefined` if the application decides. */
export function tokensOf(auth: DashboardAuth): ReadonlyMap<string, string> | undefined {
  if (auth === false) return undefined;
  const tokens = 'tokens' in auth ? auth.tokens : { [auth.actor ?? defaultActor]: auth.token };
  return new Map(Object.entries(tokens).map(([actor, token]) => [actor, token ?? '']));
}

/** Whether a text can be shown to all visitors, such as the name of an actor. */
export function isShowable(text: unknown): text is string {
  if (typeof text !== 'string' || text.trim() === '' || text.length > longestText) return false;
  return !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text) && redactKeys(text) === text;
}

function checkAuth(auth: unknown, authorize: unknown): void {
  if (auth === false) {
    const example = 'a function such as (request) => isAdmin(request), because "auth" is false';
    return checkOption(typeof authorize === 'function', 'authorize', authorize, example);
  }
  if (auth === undefined) throw new InvalidOptionsError(`"auth" is missing. Write auth: ${authExample}.`);
  checkOptionNames('auth', auth, authNames, authExample);
  if (authorize !== undefined) throw new InvalidOptionsError('"authorize" needs auth: false. Remove one of the two.');
  const { token, tokens, actor } = auth as {
    readonly token?: unknown;
    readonly tokens?: unknown;
    readonly actor?: unknown;
  };
  if (tokens === undefined) {
    checkToken('"auth.token"', token);
    if (actor !== undefined) checkActor('"auth.actor"', actor);
    return;
  }
  if (token !== undefined || actor !== undefined) {
    throw new InvalidOptionsError('"auth" has either "token", with or without "actor", or "tokens".');
  }
  checkTokens(tokens);
}

function checkTokens(tokens: unknown): void {
  const isRecord = typeof tokens === 'object' && tokens !== null && !Array.isArray(tokens);
  const entries = Object.entries(isRecord ? tokens : {});
  // Not shown: a token can stand in the wrong place.
  if (entries.length === 0) {
    throw new InvalidOptionsError('"auth.tokens" must be an object such as { ana: process.env.ANA_TOKEN }.');
  }
  for (const [index, [actor, token]] of entries.entries()) {
    checkToken(`Token ${index + 1} of "auth.tokens"`, token);
    checkActor(`Name ${index + 1} of "auth.tokens"`, actor);
  }
  if (new Set(Object.values(isRecord ? tokens : {})).size < entries.length) {
    throw new InvalidOptionsError('Two actors of "auth.tokens" have the same token. Each needs one of its own.');
  }
}

/** Never shows a token. */
function checkToken(what: string, token: unknown): void {
  const how = 'Make one with: node -e "console.log(crypto.randomUUID())"';
  if (token === undefined || token === '') {
    throw new InvalidOptionsError(`${what} is empty. Is its environment variable set? ${how}`);
  }
  if (typeof token !== 'string' || token.length < shortestToken) {
    throw new InvalidOptionsError(`${what} must have at least ${shortestToken} characters. ${how}`);
  }
  if (!/^[\x21-\x7E]+$/.test(token)) {
    throw new InvalidOptionsError(`${what} must have no spaces and no characters beyond ASCII. ${how}`);
  }
}

function checkActor(what: string, actor: unknown): void {
  if (!isShowable(actor))
    throw new InvalidOptionsError(`${what} must be a name of 1 to ${longestText} characters, for example 'ana'.`);
}

function checkText(name: string, text: unknown): void {
  const isText = text === undefined || isShowable(text);
  checkOption(isText, name, text, `a text of 1 to ${longestText} characters in one line, without a key`);
}

function checkManagers(managers: readonly ApiKeyManager[]): void {
  // Not by its class, because another copy of core may have made it.
  const isManager = (value: unknown) => ['status', 'on'].every((name) => typeof readField(value, name) === 'function');
  const areManagers = Array.isArray(managers) && managers.every(isManager);
  checkOption(areManagers, 'managers', managers, 'a list of key managers, for example [manager]');
  const pools = new Set(managers.map(({ provider, pool }) => `${provider}\0${pool}`));
  const example = 'key managers of different pools; give one of them a { pool } of its own';
  checkOption(pools.size === managers.length, 'managers', managers, example);
}
