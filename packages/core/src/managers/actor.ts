import { asName, shownKind } from '../base/check-arguments.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { redactor } from '../base/redaction.ts';

/** The option of everything that people do with the keys of a manager. */
export interface ActorOptions {
  /**
   * Who does it, for the events and the log: the name of a person or a program, 1 to 100 characters. Redacted, and made one line. Other
   * processes that share a store do not see it. @default none
   */
  readonly actor?: string;
}

const longestActor = 100;

/**
 * Returns the actor as events and the log show it. A wrong one is not shown, because it can be a key.
 *
 * @throws InvalidOptionsError unless it is absent or a text of 1 to 100 characters.
 */
export function checkActor({ actor }: ActorOptions): ActorOptions {
  if (actor === undefined) return {};
  if (typeof actor !== 'string') throw wrongActor(`is ${shownKind(actor)}`);
  if (actor.length > longestActor) throw wrongActor(`has ${actor.length}`);
  const line = asName('actor', redactor.redact(actor)).trim();
  if (line === '') throw wrongActor('is empty');
  return { actor: line };
}

function wrongActor(what: string): InvalidOptionsError {
  return new InvalidOptionsError(
    `"actor" must be a text of 1 to ${longestActor} characters, for example 'ana'; it ${what}.`,
  );
}
