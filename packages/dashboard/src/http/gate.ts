import type { Access } from './access.ts';
import type { AppContext } from './app-env.ts';

/** Decides who may enter. */
export interface Gate {
  /** @throws ProblemError if the request is refused. */
  enter(context: AppContext): Promise<Access>;
  /** Signing in by token; absent if the application authorizes the requests. */
  readonly signIn?: (context: AppContext) => Promise<Access>;
  /** Returns what has ended, if anything has. */
  readonly signOut?: (context: AppContext) => Promise<Access | undefined>;
}
