import type { Command, CommanderError } from 'commander';
import { shownName } from './shown-name.ts';
import type { ProgramTexts } from './texts/english/program.ts';

/** Returns what commander complains about, in the language of the texts. */
export function describeComplaint(error: CommanderError, program: Command, texts: ProgramTexts): string {
  if (error.code === 'commander.help') return texts.noCommand(program.name());
  const own = error.message
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .replaceAll(/[^'\s]+/g, (word) => shownName(word));
  const [, name = ''] = /'([^']*)'/.exec(own) ?? [];
  const [, closest] = /\(Did you mean (.*)\?\)/.exec(own) ?? [];
  const complaint = texts.complaints[error.code]?.(name);
  if (complaint === undefined) return own;
  const [, choices] = /Allowed choices are (.*)\.$/.exec(own) ?? [];
  if (choices !== undefined) return `${complaint}. ${texts.choices(choices)}`;
  return closest === undefined ? `${complaint}.` : `${complaint}. ${texts.didYouMean(closest)}`;
}
