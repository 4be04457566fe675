import { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import { explainProject } from '../project/explain-project.ts';
import { openProject } from '../project/open-project.ts';
import type { CommandContext, ExitCode, Session } from '../session.ts';
import { showScreen } from '../watch/show-screen.ts';
import { writeEvents } from '../watch/write-events.ts';

export function watchCommand({ texts, action }: CommandContext): Command {
  const command = new Command('watch').description(texts.watch.description).action(action(watch));
  return addExamples(command, texts, [
    'watch',
    'watch --redis redis://localhost:6379 --provider openai',
    'watch --format ndjson >> events.log',
  ]);
}

async function watch(session: Session): Promise<ExitCode | void> {
  const { io, output } = session;
  const project = await openProject(session);
  try {
    explainProject(session, project);
    if (project.managers.length === 0) return;
    await Promise.all(project.managers.map((manager) => manager.ready()));
    if (output.isForPeople && io.stdout.isTTY === true) return await showScreen(session, project);
    return await writeEvents(session, project);
  } finally {
    await project.close();
  }
}
