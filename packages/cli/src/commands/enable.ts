import type { Command } from 'commander';
import { operateCommand } from '../operate/operate-command.ts';
import type { CommandContext } from '../session.ts';

/** Makes a key available again in all processes that share its state. */
export function enableCommand(context: CommandContext): Command {
  return operateCommand(context, 'enable');
}
