import { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import { explainProject } from '../project/explain-project.ts';
import { openProject, type Project } from '../project/open-project.ts';
import { refuseAwayStore } from '../project/refuse-away-store.ts';
import type { CommandContext, Session } from '../session.ts';
import { statusColumns, statusRows } from '../status/status-table.ts';

const examples = ['status', 'status --redis redis://localhost:6379', 'status --provider openai --json'];

/** Shows the shared state of all keys. */
export function statusCommand({ texts, action }: CommandContext): Command {
  const command = new Command('status').description(texts.status.description).action(action(status));
  return addExamples(command, texts, examples);
}

async function status(session: Session): Promise<void> {
  const project = await openProject(session);
  try {
    await Promise.all(project.managers.map((manager) => manager.ready()));
    refuseAwayStore(session, project);
    report(session, project);
  } finally {
    await project.close();
  }
}

function report(session: Session, project: Project): void {
  const { output, texts } = session;
  // A process without a store has its state for itself, and this one knows nothing yet.
  const shared = project.managers.filter(({ store }) => store !== undefined).map((manager) => manager.status());
  const place = project.store?.place;
  if (!output.isForPeople) {
    const providers = shared.map(({ usable, keys, ...rest }) => ({ ...rest, usable, total: keys.length, keys }));
    const entries = shared.flatMap(({ provider, pool, keys }) => keys.map((key) => ({ provider, pool, ...key })));
    output.document({ command: 'status', store: place ?? null, providers }, entries);
  } else if (shared.length > 0) {
    const nowMs = Date.now();
    output.table(
      statusColumns(texts),
      shared.flatMap((each) => statusRows(each, texts, nowMs)),
    );
    output.line();
    for (const { displayName, pool, usable, keys } of shared) {
      const name = pool === 'default' ? displayName : `${displayName} (${pool})`;
      const line = texts.status.summary(name, usable, keys.length);
      output.line(line, usable === 0 ? 'red' : 'green');
    }
  }
  explainProject(session, project);
  if (shared.length < project.managers.length) output.note(texts.status.noStore, 'yellow');
  else if (place !== undefined) output.note(texts.status.from(place), 'dim');
}
