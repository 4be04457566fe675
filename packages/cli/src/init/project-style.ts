import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getTsconfig } from 'get-tsconfig';
import { readField } from '@api-key-fallback/core/adapter';

/** How the files of a project are written. */
export interface ProjectStyle {
  /** Whether the project has no `package.json` yet. */
  readonly isNew: boolean;
  readonly isTypeScript: boolean;
  readonly isModule: boolean;
  /** The end of new files. */
  readonly extension: 'ts' | 'mts' | 'js';
  /** The end of new files in imports: TypeScript takes that of the compiled file. */
  readonly importExtension: 'js' | 'mjs';
}

/** Finds out how the files of a project are written. A folder without a `package.json` gets TypeScript and ES modules. */
export function projectStyle(folder: string): ProjectStyle {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) return style({ isNew: true, isTypeScript: true, isModule: true });
  const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const tools = ['dependencies', 'devDependencies'].flatMap((list) => Object.keys(readField(manifest, list) ?? {}));
  const hasConfig = existsSync(join(folder, 'tsconfig.json'));
  const isTypeScript = hasConfig || ['typescript', 'tsx', 'ts-node'].some((tool) => tools.includes(tool));
  const isModule = readField(manifest, 'type') === 'module';
  if (!isTypeScript || isModule) return style({ isNew: false, isTypeScript, isModule });
  // TypeScript refuses `import` in CommonJS files then.
  const { verbatimModuleSyntax } = (hasConfig && getTsconfig(folder)?.config.compilerOptions) || {};
  return style({
    isNew: false,
    isTypeScript,
    isModule: verbatimModuleSyntax === true,
    needsModuleName: verbatimModuleSyntax,
  });
}

function style(found: {
  readonly isNew: boolean;
  readonly isTypeScript: boolean;
  readonly isModule: boolean;
  readonly needsModuleName?: boolean | undefined;
}): ProjectStyle {
  const { isNew, isTypeScript, isModule, needsModuleName } = found;
  const extension = isTypeScript ? (needsModuleName ? 'mts' : 'ts') : 'js';
  return { isNew, isTypeScript, isModule, extension, importExtension: needsModuleName ? 'mjs' : 'js' };
}
