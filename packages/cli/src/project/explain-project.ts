import type { Session } from '../session.ts';
import { knownProviders } from './known-providers.ts';
import type { Project } from './open-project.ts';

/** Says which keys cannot be used, and what to do about it; without any key, where keys were looked for. */
export function explainProject({ output, texts }: Session, project: Project): void {
  const { project: words } = texts;
  if (project.managers.length === 0 && project.providers.length === 0) {
    const packaged = knownProviders.filter(({ adapterExport }) => adapterExport !== undefined);
    output.note(words.noKeys(project.directory), 'yellow');
    output.note(words.lookedIn(project.envFiles.map(({ name }) => name)));
    output.note(words.lookedFor(packaged.map(({ env }) => env).join(', ')));
    output.note(words.writeKeys);
    output.note('  OPENAI_API_KEY=…');
    output.note(words.orInit);
    return;
  }
  for (const { provider, keys, problem, isInstalled } of project.providers) {
    if (problem !== undefined) output.note(words.problem(provider.displayName, problem), 'yellow');
    else if (!isInstalled) {
      const line = project.installLine([provider.packageName, ...provider.peers]);
      output.note(words.notInstalled(provider.displayName, words.keyCount(keys.length), line), 'yellow');
    } else if (provider.needsAddress) {
      output.note(words.problem(provider.displayName, words.needsAddress(provider.name)), 'yellow');
    }
  }
}
