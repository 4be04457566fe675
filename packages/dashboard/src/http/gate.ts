import type { Access } from '../live/access.ts';
import type { AppContext } from './app-env.ts';

/** Decides which requests may use the API. */
export interface Gate {
  /** @throws ProblemError if the request is refused. */
  enter(context: AppContext): Promise<Access>;
  /** Exchanges a token for a cookie; absent if the application authorizes the requests. */
  readonly signIn?: (context: AppContext) => Promise<Access>;
  /** Returns the session that it has ended, if there was one. */
  readonly signOut?: (context: AppContext) => Promise<Access | undefined>;
}
