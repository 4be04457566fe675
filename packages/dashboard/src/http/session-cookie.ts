import { createHash } from 'node:crypto';
import { deleteCookie, getCookie, getSignedCookie, setSignedCookie } from 'hono/cookie';
import { hostOf, portOf } from './allowed-hosts.ts';
import type { AppContext } from './app-env.ts';

const maxAgeSeconds = 12 * 60 * 60;

/** Who is signed in, and until when, in ms since the epoch. */
export interface SignedIn {
  readonly actor: string;
  readonly expiresAtMs: number;
}

export type CookieKey = Uint8Array<ArrayBuffer>;

/**
 * The key that signs the cookies of a token. Derived from the token, so that a restart keeps people signed in, several processes agree,
 * and a new token ends all sessions.
 */
export function cookieKey(token: string): CookieKey {
  return new Uint8Array(createHash('sha256').update(`api-key-fallback dashboard cookie\0${token}`).digest());
}

export async function writeCookie(
  context: AppContext,
  {
    path,
    actor,
    key,
    nowMs,
  }: CookiePlace & { readonly actor: string; readonly key: CookieKey; readonly nowMs: number },
): Promise<SignedIn> {
  const expiresAtMs = nowMs + maxAgeSeconds * 1000;
  const options = { ...attributes(context, path), maxAge: maxAgeSeconds };
  await setSignedCookie(context, cookieName(context), `${expiresAtMs}.${actor}`, key, options);
  return { actor, expiresAtMs };
}

/** Returns who is signed in; `undefined` without a valid cookie. `keyOf` returns the key of an actor. */
export async function readCookie(
  context: AppContext,
  keyOf: (actor: string) => CookieKey | undefined,
  nowMs: number,
): Promise<SignedIn | undefined> {
  const name = cookieName(context);
  // The key depends on the actor, so the value is read before its signature is verified.
  const claimed = getCookie(context, name)?.split('.').slice(1, -1).join('.');
  const key = claimed === undefined ? undefined : keyOf(claimed);
  const value = key && (await getSignedCookie(context, key, name));
  if (!value) return undefined;
  const dot = value.indexOf('.');
  const [expiresAtMs, actor] = [Number(value.slice(0, dot)), value.slice(dot + 1)];
  return expiresAtMs > nowMs ? { actor, expiresAtMs } : undefined;
}

export function clearCookie(context: AppContext, { path }: CookiePlace): void {
  deleteCookie(context, cookieName(context), attributes(context, path));
}

interface CookiePlace {
  /** The path of the dashboard. */
  readonly path: string;
}

function attributes(context: AppContext, path: string) {
  // A proxy that ends TLS says so, the first one of several in front. A client that lies only makes its own cookie stricter.
  const [forwarded = ''] = (context.req.header('x-forwarded-proto') ?? '').split(',');
  const isSecure = context.req.url.startsWith('https:') || forwarded.trim().toLowerCase() === 'https';
  return { path, httpOnly: true, sameSite: 'Strict', secure: isSecure } as const;
}

/** With the port, because browsers share cookies between the ports of a host. */
function cookieName(context: AppContext): string {
  return `api-key-fallback-${portOf(hostOf(context.req.raw)) || 'default'}`;
}
