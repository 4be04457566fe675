import type { Command } from 'commander';
import { operateCommand } from '../operate/operate-command.ts';
import type { CommandContext } from '../session.ts';

/** Clears the failures of a key, or of all keys of a provider. */
export function resetCommand(context: CommandContext): Command {
  return operateCommand(context, 'reset');
}
