import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { resolveFromProject } from '../project/import-from-project.ts';
import { installLine } from '../project/install-line.ts';
import type { InitTexts } from '../texts/english/init.ts';
import type { Answers } from './plan-files.ts';
import type { ProjectStyle } from './project-style.ts';

/** Returns what to do after the files are written, one line for each step. */
export function nextSteps(folder: string, answers: Answers, style: ProjectStyle, texts: InitTexts): readonly string[] {
  const { providers, store } = answers;
  const [first] = providers;
  const isMissing = (name: string) => resolveFromProject(folder, name) === undefined;
  const packages = [
    '@api-key-fallback/core',
    ...providers.flatMap(({ packageName, peers }) => [packageName, ...peers]),
    ...(store === 'redis' ? ['@api-key-fallback/redis', 'ioredis'] : []),
  ].filter(isMissing);
  const tools = ['api-key-fallback', ...(style.isTypeScript ? ['tsx', 'typescript', '@types/node'] : [])];
  const missingTools = tools.filter((name) => !existsSync(join(folder, 'node_modules', name)));
  const file = `src/try-${first?.name ?? ''}.${style.extension}`;
  return [
    ...(packages.length > 0 ? [texts.install(installLine(folder, packages))] : []),
    ...(missingTools.length > 0 ? [texts.install(installLine(folder, ['-D', ...missingTools]))] : []),
    existsSync(join(folder, '.env')) ? texts.extendEnv : texts.copyExample,
    texts.check('npx api-key-fallback check'),
    texts.tryIt(`${style.isTypeScript ? 'npx tsx' : 'node'} ${file}`),
  ];
}
