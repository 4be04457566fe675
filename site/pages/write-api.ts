import { globSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Application, LogLevel, ReflectionKind, TSConfigReader, type TypeDocOptions } from 'typedoc';
import type { PluginOptions } from 'typedoc-plugin-markdown';
import { apiFolder } from './page-source.ts';
import { repositoryUrl } from './resolve-link.ts';

interface Manifest {
  name: string;
  exports?: Record<string, { '@api-key-fallback/source'?: string }>;
}

/** Returns the source file of each entry point of each package, with the name by which it is imported. */
export function listEntryPoints(root: string): Map<string, string> {
  const entryPoints = new Map<string, string>();
  for (const file of globSync('packages/*/package.json', { cwd: root }).toSorted()) {
    const { name, exports = {} } = JSON.parse(readFileSync(join(root, file), 'utf8')) as Manifest;
    for (const [path, conditions] of Object.entries(exports)) {
      const source = conditions['@api-key-fallback/source'];
      if (source?.endsWith('.ts')) entryPoints.set(join(root, dirname(file), source), name + path.slice(1));
    }
  }
  return entryPoints;
}

/** Writes Markdown pages of all exports of all packages, from their sources. Throws an Error for what TypeDoc warns of. */
export async function writeApi(root: string): Promise<void> {
  const entryPoints = listEntryPoints(root);
  const out = join(root, apiFolder);
  rmSync(out, { recursive: true, force: true });
  if (entryPoints.size === 0) return;
  const options: Partial<TypeDocOptions & PluginOptions> = {
    name: 'API',
    entryPoints: [...entryPoints.keys()],
    tsconfig: join(root, 'site/tsconfig.api.json'),
    basePath: root,
    displayBasePath: root,
    plugin: ['typedoc-plugin-markdown'],
    outputs: [{ name: 'markdown', path: out }],
    logLevel: LogLevel.Warn,
    readme: 'none',
    excludePrivate: true,
    excludeProtected: true,
    excludeInternal: true,
    excludeExternals: true,
    disableGit: true,
    gitRevision: 'main',
    sourceLinkTemplate: `${repositoryUrl}/blob/main/{path}#L{line}`,
    hideBreadcrumbs: true,
    hidePageHeader: true,
    excludeScopesInPaths: true,
    parametersFormat: 'table',
    indexFormat: 'table',
    pageTitleTemplates: { member: ({ rawName }) => rawName, module: ({ name }) => name },
  };
  const app = await Application.bootstrapWithPlugins(options, [new TSConfigReader()]);
  const project = await app.convert();
  if (!project || app.logger.hasErrors()) throw new Error('TypeDoc could not read the sources of the packages.');
  for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
    const source = module.sources?.[0]?.fullFileName;
    module.name = entryPoints.get(source ?? '') ?? module.name;
  }
  await app.generateOutputs(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings())
    throw new Error('TypeDoc found mistakes in the sources of the packages.');
}
