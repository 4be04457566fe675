import { userInfo } from 'node:os';

/** Who acts, for the events and the log: the named person, else the user of the operating system. */
export function actorOf(named: string | undefined): string {
  return named ?? systemUser() ?? 'api-key-fallback';
}

function systemUser(): string | undefined {
  try {
    return userInfo().username || undefined;
  } catch {
    // A container can run as a user without a name.
    return undefined;
  }
}
