import { errorMessage } from '@api-key-fallback/core/adapter';
import { defaultActor, isShowable, type Actor, type Authorize } from '../dashboard-options.ts';
import type { Access } from '../live/access.ts';
import type { AppContext } from './app-env.ts';
import type { Gate } from './gate.ts';
import { ProblemError } from './problem-error.ts';

/** Lets in the requests that `authorize()` of the application allows. */
export class AuthorizeGate implements Gate {
  readonly #authorize: Authorize;
  readonly #isReadOnly: boolean;

  constructor({ authorize, isReadOnly }: { readonly authorize: Authorize; readonly isReadOnly: boolean }) {
    this.#authorize = authorize;
    this.#isReadOnly = isReadOnly;
  }

  async enter(context: AppContext): Promise<Access> {
    const isStillAllowed = async () => Boolean(await this.#ask(context));
    const answer = await this.#ask(context);
    if (answer === true)
      return { actor: defaultActor, isReadOnly: this.#isReadOnly, canSignOut: false, isStillAllowed };
    if (!answer) {
      throw new ProblemError({ status: 401, code: 'not-let-in', title: 'The application does not let you in.' });
    }
    const { actor, isReadOnly = false } = answer;
    if (!isShowable(actor))
      throw new Error('authorize() must return true, false or { actor }, a text of 1 to 100 characters without a key.');
    return { actor, isReadOnly: this.#isReadOnly || isReadOnly, canSignOut: false, isStillAllowed };
  }

  async #ask(context: AppContext): Promise<Actor | boolean> {
    try {
      return await this.#authorize(context.req.raw, context.env?.incoming);
    } catch (error) {
      throw new Error(`authorize() has failed: ${errorMessage(error)}`, { cause: error });
    }
  }
}
