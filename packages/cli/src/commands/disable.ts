import type { Command } from 'commander';
import { operateCommand } from '../operate/operate-command.ts';
import type { CommandContext } from '../session.ts';

/** Disables a key in all processes that share its state. */
export function disableCommand(context: CommandContext): Command {
  return operateCommand(context, 'disable');
}
