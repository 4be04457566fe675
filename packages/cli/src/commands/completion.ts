import { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import { completeWords } from '../completion/complete-words.ts';
import { shellScripts, type Shell } from '../completion/shell-scripts.ts';
import { openProject } from '../project/open-project.ts';
import type { CommandContext, Session } from '../session.ts';

export function completionCommand({ texts, action }: CommandContext): Command {
  const command = new Command('completion').description(texts.completion.description);
  for (const shell of Object.keys(shellScripts) as Shell[]) {
    const write = action(async ({ io }) => void io.stdout.write(shellScripts[shell]));
    command.addCommand(new Command(shell).description(texts.completion.shells[shell]).action(write));
  }
  const words = new Command('words').argument('[words...]');
  words.action(action((session, typed: readonly string[]) => writeWords(session, programOf(words), typed)));
  command.addCommand(words, { hidden: true });
  return addExamples(command, texts, [
    'completion bash >> ~/.bashrc',
    'completion zsh > ~/.zfunc/_api-key-fallback',
    'completion fish > ~/.config/fish/completions/api-key-fallback.fish',
    'completion powershell >> $PROFILE',
  ]);
}

async function writeWords(session: Session, program: Command, typed: readonly string[]): Promise<void> {
  const project = await openProject(session, { withStore: false });
  try {
    const statuses = project.managers.map((manager) => manager.status());
    const found = completeWords(program, typed, {
      providers: statuses.map(({ provider }) => provider),
      keysOf: (name) =>
        statuses.filter(({ provider }) => provider === name).flatMap(({ keys }) => keys.map(({ label }) => label)),
    });
    for (const word of found) session.io.stdout.write(`${session.output.paint(word)}\n`);
  } finally {
    await project.close();
  }
}

function programOf(command: Command): Command {
  return command.parent ? programOf(command.parent) : command;
}
