import type { ApiKeyManager, KeyStatus } from '@api-key-fallback/core';
import { Command } from 'commander';
import { actorOf } from '../actor.ts';
import { addExamples } from '../add-examples.ts';
import { option } from '../option.ts';
import { explainProject } from '../project/explain-project.ts';
import { openProject } from '../project/open-project.ts';
import { refuseAwayStore } from '../project/refuse-away-store.ts';
import type { CommandContext, ExitCode, Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { confirmAll } from './confirm-all.ts';
import { findKey } from './find-key.ts';
import { findManager } from './find-manager.ts';

/** What a person can do with a key. */
export type Operation = 'reset' | 'disable' | 'enable';

interface OperateOptions {
  readonly actor?: string;
  readonly yes?: true;
}

/** Creates the command of an operation. Only `reset` can do without a key, for all of the provider. */
export function operateCommand({ texts, action }: CommandContext, operation: Operation): Command {
  const { operate } = texts;
  const command = new Command(operation)
    .description(operate.descriptions[operation])
    .argument('<provider>', operate.arguments.provider)
    .argument(operation === 'reset' ? '[key]' : '<key>', operate.arguments.key)
    .addOption(option('--actor <name>', operate.options.actor));
  if (operation === 'reset') command.addOption(option('--yes', operate.options.yes));
  command.action(
    action((session, provider: string, key: string | undefined, options: OperateOptions) =>
      operateKeys(session, operation, { provider, key, options }),
    ),
  );
  return addExamples(command, texts, [
    `${operation} openai OPENAI_API_KEY_2`,
    `${operation} openai 2 --redis redis://localhost:6379 --actor ana`,
    ...(operation === 'reset' ? ['reset openai --yes'] : []),
  ]);
}

interface Request {
  readonly provider: string;
  readonly key: string | undefined;
  readonly options: OperateOptions;
}

async function operateKeys(session: Session, operation: Operation, request: Request): Promise<ExitCode> {
  const { output, texts } = session;
  const project = await openProject(session);
  try {
    if (project.managers.length === 0) {
      explainProject(session, project);
      return 2;
    }
    const manager = findManager(session, project.managers, request.provider);
    if (manager.store === undefined) throw new UsageError(texts.operate.noStore);
    await manager.ready();
    refuseAwayStore(session, project);
    const keys = await chooseKeys(session, manager, request);
    if (typeof keys === 'number') {
      output.note(texts.operate.notDone);
      return keys;
    }
    const actor = actorOf(request.options.actor);
    for (const { keyId } of keys) manager[operation]({ keyId }, { actor });
    // Only now the store has it.
    await project.close();
    refuseAwayStore(session, project);
    report(session, { operation, manager, keys, actor, place: project.store?.place ?? manager.store.kind });
    return 0;
  } finally {
    await project.close();
  }
}

/** The chosen key, or all of them; an exit code if the person said no or pressed Ctrl-C. */
async function chooseKeys(
  session: Session,
  manager: ApiKeyManager,
  { key, options }: Request,
): Promise<readonly KeyStatus[] | ExitCode> {
  const status = manager.status();
  if (key !== undefined) return [findKey(session, status, key)];
  const isSure = options.yes ?? (await confirmAll(session, status));
  if (isSure === undefined) return 130;
  return isSure ? status.keys : 1;
}

interface Done {
  readonly operation: Operation;
  readonly manager: ApiKeyManager;
  readonly keys: readonly KeyStatus[];
  readonly actor: string;
  readonly place: string;
}

function report({ output, texts }: Session, { operation, manager, keys, actor, place }: Done): void {
  const { provider, pool } = manager;
  const { displayName, keys: after } = manager.status();
  const changed = keys.flatMap(({ keyId }) => after.filter((each) => each.keyId === keyId));
  const { operate } = texts;
  if (output.isForPeople) {
    for (const { label } of changed) output.line(operate.done[operation](displayName, label), 'green');
    output.note(operate.shared(place), 'dim');
    return;
  }
  const entries = changed.map(({ keyId, ordinal, label, masked, state }) => ({ keyId, ordinal, label, masked, state }));
  output.document({ command: operation, provider, pool, actor, store: place, keys: entries }, entries);
}
