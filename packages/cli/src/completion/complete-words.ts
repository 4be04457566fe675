import type { Command, Option } from 'commander';

/** What the project has, which only its files say. Without any key. */
export interface CompletionNames {
  readonly providers: readonly string[];
  /** The labels of the keys of a provider. */
  keysOf(provider: string): readonly string[];
}

interface Place {
  readonly command: Command;
  /** The option whose value is at the cursor. */
  readonly option: Option | undefined;
  /** The arguments of the command before the cursor. */
  readonly given: readonly string[];
}

/** Returns what can stand at the cursor. @param words The words after the name of the program; the last one is at the cursor */
export function completeWords(program: Command, words: readonly string[], names: CompletionNames): readonly string[] {
  // Bash makes three words of --provider=openai.
  const typed = words.filter((word) => word !== '=').map((word) => word.trim());
  const current = words.at(-1) === '=' ? '' : (typed.at(-1) ?? '');
  const place = placeOf(program, words.at(-1) === '=' ? typed : typed.slice(0, -1));
  const [, flag, value] = /^(--[\w-]+)=(.*)$/.exec(current) ?? [];
  const named = flag === undefined ? undefined : optionsOf(place.command).find(({ long }) => long === flag);
  if (named) return startingWith(value ?? '', valuesOf(named, names)).map((each) => `${flag}=${each}`);
  if (place.option) return startingWith(current, valuesOf(place.option, names));
  if (current.startsWith('-')) return startingWith(current, flagsOf(place.command));
  return startingWith(current, argumentsOf(place, names));
}

/** Walks from the program to the command at the cursor. */
function placeOf(program: Command, words: readonly string[]): Place {
  let command = program;
  let option: Option | undefined;
  let given: string[] = [];
  for (const word of words) {
    const taken = option;
    option = undefined;
    if (taken) continue;
    const child = given.length === 0 ? command.commands.find((each) => each.name() === word) : undefined;
    if (word.startsWith('-')) {
      const found = optionsOf(command).find(({ long, short }) => word === long || word === short);
      option = found?.required ? found : undefined;
    } else if (child) command = child;
    else given = [...given, word];
  }
  return { command, option, given };
}

/** The options of a command and of those above it, its own first. */
function optionsOf(command: Command): readonly Option[] {
  return [...command.options, ...(command.parent ? optionsOf(command.parent) : [])].filter(({ hidden }) => !hidden);
}

function flagsOf(command: Command): readonly string[] {
  return [...optionsOf(command).flatMap(({ long }) => long ?? []), '--help'];
}

function valuesOf({ argChoices, long }: Option, { providers }: CompletionNames): readonly string[] {
  return argChoices ?? (long === '--provider' ? providers : []);
}

function argumentsOf({ command, given }: Place, names: CompletionNames): readonly string[] {
  if (command.commands.length > 0) {
    const shown = command.createHelp().visibleCommands(command);
    return given.length === 0 ? shown.map((each) => each.name()) : [];
  }
  const argument = command.registeredArguments[given.length];
  if (!argument) return [];
  if (argument.argChoices) return argument.argChoices;
  if (argument.name() === 'provider') return names.providers;
  return argument.name() === 'key' ? names.keysOf(given[0] ?? '') : [];
}

function startingWith(start: string, words: readonly string[]): readonly string[] {
  return [...new Set(words)].filter((word) => word.startsWith(start));
}
