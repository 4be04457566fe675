import { signal, type Signal } from '@preact/signals';
import type { SessionInfo } from '../../../src/protocol/messages.ts';
import { serverTime } from '../state/clock.ts';
import { decoded } from '../state/view.ts';
import { LiveClient } from './live-client.ts';
import { request } from './request.ts';

/** The connection of this page. */
export const live: LiveClient = new LiveClient();

/** Why the last sign-in has failed. */
export type SignInFailure =
  | { readonly kind: 'wrong' | 'unreachable' }
  | { readonly kind: 'wait'; readonly untilMs: number };
export const signInFailure: Signal<SignInFailure | undefined> = signal<SignInFailure | undefined>(undefined);

/** Exchanges the token for a cookie. */
export async function signIn(token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token.trim()}` };
  const reply = await request<SessionInfo>('POST', 'api/v1/login', { headers, timeoutMs: 10_000 });
  signInFailure.value = failureOf(reply);
  const code = reply.kind === 'problem' ? reply.problem.code : undefined;
  // An application that decides by itself has no sign-in.
  if (reply.kind === 'answer' || code === 'not-found') await live.connect();
  else live.signedOut(code);
}

export async function signOut(): Promise<void> {
  const reply = await request('POST', 'api/v1/logout');
  if (reply.kind === 'unreachable') return;
  signInFailure.value = undefined;
  live.signedOut();
}

/**
 * Takes the token out of an address such as `#token=…` or `#/events?token=…`, before anything else can read or store it.
 * The wanted page stays in the address.
 */
export function takeToken(): string | undefined {
  const found = /(^#|[?&#])token=([^&#]*)[&#]?/.exec(location.hash);
  if (!found) return undefined;
  const [all, before = '', token = ''] = found;
  const rest = location.hash.replace(all, before).replace(/[?&#]$/, '');
  history.replaceState(undefined, '', `${location.pathname}${location.search}${rest}`);
  return decoded(token);
}

function failureOf(reply: Awaited<ReturnType<typeof request>>): SignInFailure | undefined {
  if (reply.kind === 'answer') return undefined;
  if (reply.kind === 'unreachable') return { kind: 'unreachable' };
  const { status, retryAfterSeconds } = reply.problem;
  if (status === 429) return { kind: 'wait', untilMs: serverTime() + (retryAfterSeconds ?? 4) * 1000 };
  return { kind: status === 401 ? 'wrong' : 'unreachable' };
}
