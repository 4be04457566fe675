import { createHash, timingSafeEqual } from 'node:crypto';
import type { Runtime } from '@api-key-fallback/core';
import type { Access } from '../live/access.ts';
import type { AppContext } from './app-env.ts';
import type { Gate } from './gate.ts';
import { FailedTries } from './failed-tries.ts';
import { ProblemError } from './problem-error.ts';
import { clearCookie, cookieKey, readCookie, writeCookie, type CookieKey, type SignedIn } from './session-cookie.ts';

export interface TokenGateOptions {
  /** The token of each actor. */
  readonly tokens: ReadonlyMap<string, string>;
  /** The path of the cookie. */
  readonly path: string;
  readonly isReadOnly: boolean;
  readonly runtime: Pick<Runtime, 'now'>;
}

interface User {
  readonly actor: string;
  readonly digest: Buffer;
  readonly key: CookieKey;
}

const challenge = { 'www-authenticate': 'Bearer' };

/** Lets in requests with a token, or with a cookie that a token was exchanged for. */
export class TokenGate implements Gate {
  readonly #options: TokenGateOptions;
  readonly #users: ReadonlyMap<string, User>;
  readonly #failedTries: FailedTries;

  constructor(options: TokenGateOptions) {
    this.#options = options;
    this.#failedTries = new FailedTries(options.runtime);
    this.#users = new Map([...options.tokens].map(([actor, token]) => [actor, userOf(actor, token)]));
  }

  async enter(context: AppContext): Promise<Access> {
    // A token counts alone, so that an action has the name of its actor.
    const signedIn = hasToken(context) ? undefined : await this.#readCookie(context);
    if (signedIn) return signedIn;
    const { actor } = this.#check(context);
    return { actor, isReadOnly: this.#options.isReadOnly, canSignOut: false };
  }

  readonly signIn = async (context: AppContext): Promise<Access> => {
    const { path, runtime } = this.#options;
    const { actor, key } = this.#check(context);
    return this.#accessOf(await writeCookie(context, { path, actor, key, nowMs: runtime.now() }));
  };

  readonly signOut = async (context: AppContext): Promise<Access | undefined> => {
    const signedIn = await this.#readCookie(context);
    clearCookie(context, this.#options);
    return signedIn;
  };

  async #readCookie(context: AppContext): Promise<Access | undefined> {
    const keyOf = (actor: string) => this.#users.get(actor)?.key;
    const signedIn = await readCookie(context, keyOf, this.#options.runtime.now());
    return signedIn && this.#accessOf(signedIn);
  }

  #accessOf(signedIn: SignedIn): Access {
    return { ...signedIn, isReadOnly: this.#options.isReadOnly, canSignOut: true };
  }

  /** Returns the user whose token the request has. */
  #check(context: AppContext): User {
    const token = /^Bearer +(\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
    if (token === undefined) {
      throw new ProblemError({ status: 401, code: 'unauthorized', title: 'Sign in with the token.' }, challenge);
    }
    const client = context.env?.incoming?.socket.remoteAddress ?? '';
    const waitMs = this.#failedTries.waitMs(client);
    if (waitMs > 0) throw tooManyTries(waitMs);
    const user = this.#find(token);
    if (!user) {
      this.#failedTries.failed(client);
      throw new ProblemError({ status: 401, code: 'wrong-token', title: 'The token is wrong.' }, challenge);
    }
    this.#failedTries.succeeded(client);
    return user;
  }

  /** Compares with all tokens, so that the duration reveals nothing about them. */
  #find(token: string): User | undefined {
    const digest = digestOf(token);
    return [...this.#users.values()].filter((user) => timingSafeEqual(user.digest, digest))[0];
  }
}

/** Whether a request means to show a token. `Basic` is for a proxy in front. */
function hasToken(context: AppContext): boolean {
  return /^Bearer\b/i.test(context.req.header('authorization') ?? '');
}

function userOf(actor: string, token: string): User {
  return { actor, digest: digestOf(token), key: cookieKey(token) };
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function tooManyTries(waitMs: number): ProblemError {
  const retryAfterSeconds = Math.ceil(waitMs / 1000);
  const title = `Too many wrong tokens. Try again in ${retryAfterSeconds} s.`;
  return new ProblemError(
    { status: 429, code: 'too-many-tries', title, retryAfterSeconds },
    { 'retry-after': String(retryAfterSeconds) },
  );
}
