import { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import { findMistakes, type Mistake } from '../keys/find-mistakes.ts';
import { keyVariables } from '../keys/key-variable.ts';
import { listKeys, type ListedKey } from '../keys/list-keys.ts';
import { option } from '../option.ts';
import { explainProject } from '../project/explain-project.ts';
import { openProject } from '../project/open-project.ts';
import type { CommandContext, ExitCode, Session } from '../session.ts';

interface KeysOptions {
  readonly strict?: true;
}

const examples = ['keys', 'keys --provider youtube', 'keys --strict --json'];

/** Shows where each key is from, and what looks wrong with it. Asks no provider. */
export function keysCommand({ texts, action }: CommandContext): Command {
  const command = new Command('keys')
    .description(texts.keys.description)
    .addOption(option('--strict', texts.keys.options.strict))
    .action(action(keys));
  return addExamples(command, texts, examples);
}

async function keys(session: Session, { strict }: KeysOptions): Promise<ExitCode> {
  const { io, output, settings } = session;
  const project = await openProject(session, { withStore: false });
  try {
    const secrets = await listKeys(project, io);
    const isWanted = (name: string) => settings.providers.length === 0 || settings.providers.includes(name);
    const variables = keyVariables(project.variables).filter(({ provider }) => isWanted(provider.name));
    const mistakes = findMistakes(secrets, variables);
    const listed = secrets.map((secret) => secret.listed);
    if (output.isForPeople) showKeys(session, listed, mistakes);
    else output.document({ command: 'keys', keys: listed, mistakes }, listed);
    explainProject(session, project);
    const isWrong = mistakes.length > 0 || project.providers.some(({ problem }) => problem !== undefined);
    return strict && isWrong ? 1 : 0;
  } finally {
    await project.close();
  }
}

function showKeys({ output, texts }: Session, listed: readonly ListedKey[], mistakes: readonly Mistake[]): void {
  const { columns, origins, mistakes: words, summary } = texts.keys;
  if (listed.length > 0) {
    output.table(
      [
        { title: columns.provider, canShrink: true },
        { title: columns.key, canShrink: 'middle' },
        { title: columns.masked },
        { title: columns.from, canShrink: true },
      ],
      listed.map(({ displayName, pool, label, masked, origin, file }) => [
        pool === 'default' ? displayName : `${displayName} (${pool})`,
        label,
        masked,
        file ?? origins[origin],
      ]),
    );
    output.line();
  }
  for (const { kind, label, other = '' } of mistakes) output.paragraph(words[kind](label, other), 'yellow');
  if (mistakes.length > 0) output.line();
  if (listed.length > 0)
    output.line(summary(listed.length, mistakes.length), mistakes.length === 0 ? 'green' : 'yellow');
}
