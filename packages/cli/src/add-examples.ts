import type { Command } from 'commander';
import type { Texts } from './texts/texts.ts';

/** Adds examples to the help of a command, each without the name of the program. */
export function addExamples(command: Command, { program }: Texts, lines: readonly string[]): Command {
  const shown = lines.map((line) => `  $ api-key-fallback ${line}`).join('\n');
  return command.addHelpText('after', `\n${program.examples}\n${shown}`);
}
