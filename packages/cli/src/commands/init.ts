import { mkdirSync } from 'node:fs';
import { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import { ask, isKeyCount, storeChoices } from '../init/ask.ts';
import { nextSteps } from '../init/next-steps.ts';
import { planFiles, type Answers, type StoreChoice } from '../init/plan-files.ts';
import { projectStyle } from '../init/project-style.ts';
import { serviceRecipes } from '../init/service-recipes.ts';
import { writeFiles } from '../init/write-files.ts';
import { option } from '../option.ts';
import { knownProviders, type KnownProvider } from '../project/known-providers.ts';
import type { CommandContext, ExitCode, Session } from '../session.ts';
import { shownName } from '../shown-name.ts';
import { UsageError } from '../usage-error.ts';

interface InitOptions {
  readonly yes?: true;
  readonly keys: string;
  readonly store: StoreChoice;
  readonly force?: true;
}

export function initCommand({ texts, action }: CommandContext): Command {
  const { options } = texts.init;
  const command = new Command('init')
    .description(texts.init.description)
    .addOption(option('-y, --yes', options.yes))
    .addOption(option('--keys <number>', options.keys).default('2'))
    .addOption(
      option('--store <kind>', options.store)
        .choices([...storeChoices])
        .default('none'),
    )
    .addOption(option('--force', options.force))
    .action(action(init));
  return addExamples(command, texts, ['init', 'init --yes --provider openai,youtube', 'init --yes --store redis']);
}

async function init(session: Session, options: InitOptions): Promise<ExitCode> {
  const { output, settings, texts } = session;
  const { directory } = settings;
  const answers = await answersOf(session, options);
  if (answers === undefined) {
    output.note(texts.init.left);
    return 130;
  }
  mkdirSync(directory, { recursive: true });
  const style = projectStyle(directory);
  const files = writeFiles(directory, planFiles(answers, style), { isForced: options.force === true });
  const steps = nextSteps(directory, answers, style, texts.init);
  if (!output.isForPeople)
    output.document(
      { command: 'init', files, nextSteps: steps },
      files.map((file) => ({ ...file })),
    );
  else {
    const width = Math.max(...files.map(({ path }) => path.length));
    for (const { path, result } of files) output.line(`${path.padEnd(width)}  ${texts.init.results[result]}`);
    output.line();
    output.line(texts.init.nextSteps, 'bold');
    for (const [index, step] of steps.entries()) output.line(`${index + 1}. ${step}`);
  }
  return 0;
}

/** What the flags say, else what the user answers. */
async function answersOf(session: Session, { yes, keys, store }: InitOptions): Promise<Answers | undefined> {
  const { io, texts } = session;
  if (!isKeyCount(keys)) throw new UsageError(texts.init.wrongKeys);
  const offered = knownProviders.filter(({ name }) => serviceRecipes[name] !== undefined);
  const defaults = { providers: chosenProviders(session, offered), keyCount: Number(keys), store };
  if (yes) return defaults;
  if (io.stdin.isTTY !== true) throw new UsageError(texts.init.noTerminal);
  return ask(io, { offered, defaults }, texts.init);
}

function chosenProviders({ settings, texts }: Session, offered: readonly KnownProvider[]): readonly KnownProvider[] {
  const names = settings.providers.length > 0 ? settings.providers : ['openai'];
  return [...new Set(names)].map((name) => {
    const provider = offered.find((each) => each.name === name);
    if (provider) return provider;
    throw new UsageError(texts.init.notOffered(shownName(name), offered.map((each) => each.name).join(', ')));
  });
}
