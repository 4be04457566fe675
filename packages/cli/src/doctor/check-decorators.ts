import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { getTsconfig, type TsConfigJsonResolved } from 'get-tsconfig';
import { readField } from '@api-key-fallback/core/adapter';
import type { DoctorTexts } from '../texts/english/doctor.ts';
import type { Advice, Finding, FindingLevel } from './finding.ts';
import type { SourceFile } from './source-files.ts';

type CompilerOptions = NonNullable<TsConfigJsonResolved['compilerOptions']>;

/** Finds settings with which the compiler leaves decorators in its output, or refuses them. */
export function checkDecorators(
  folder: string,
  sources: readonly SourceFile[],
  texts: DoctorTexts,
): readonly Finding[] {
  const finding = (level: FindingLevel, advice: Advice, file?: string): Finding => ({
    check: 'decorators',
    level,
    ...advice,
    ...(file === undefined ? {} : { file }),
  });
  const decorated = sources.filter(({ text }) => /@(?:retryWithApiKeyFallback|useApiKeyFallback)\b/.test(text));
  const [first] = decorated;
  if (!first) return [finding('fine', texts.decoratorsUnused)];
  const plain = decorated.find(({ path }) => /\.[cm]?jsx?$/.test(path));
  if (plain) return [finding('warning', texts.decoratorsInJavaScript, plain.path)];
  const tsconfig = getTsconfig(join(folder, first.path));
  const options = tsconfig?.config.compilerOptions ?? {};
  const file = tsconfig ? relative(folder, tsconfig.path) : undefined;
  const isLegacy = options.experimentalDecorators === true;
  const found = [...ofCompiler(options, isLegacy, texts), ...ofTools(folder, isLegacy, texts)];
  if (found.length > 0) return found.map(([level, advice]) => finding(level, advice, file));
  return [finding('fine', texts.decoratorsFine(isLegacy), file)];
}

type Found = readonly [level: FindingLevel, advice: Advice];

function ofCompiler(options: CompilerOptions, isLegacy: boolean, texts: DoctorTexts): readonly Found[] {
  const { emitDecoratorMetadata, target, noEmit, module: format } = options;
  const found: Found[] = [];
  if (emitDecoratorMetadata === true && !isLegacy) found.push(['error', texts.metadataAlone]);
  // tsx, Bun and Deno lower decorators whatever the target is.
  const leavesThem = !isLegacy && String(target).toLowerCase() === 'esnext' && noEmit !== true;
  if (leavesThem) found.push(['warning', texts.decoratorsLeft]);
  if (String(format).toLowerCase() === 'node16') found.push(['warning', texts.moduleNode16]);
  return found;
}

/** Tools that compile each file by themselves, and cannot lower standard decorators. */
function ofTools(folder: string, isLegacy: boolean, texts: DoctorTexts): readonly Found[] {
  const names = dependenciesOf(folder);
  const found: Found[] = [];
  if (!isLegacy && names.has('next')) found.push(['error', texts.toolNeedsLegacy('Next.js')]);
  const bundler = ['vitest', 'vite'].find((name) => names.has(name));
  if (!isLegacy && bundler !== undefined) found.push(['warning', texts.toolNeedsPlugin(bundler)]);
  const swc = join(folder, '.swcrc');
  if (existsSync(swc) && !/"decorators"\s*:\s*true/.test(readFileSync(swc, 'utf8'))) found.push(['warning', texts.swc]);
  return found;
}

function dependenciesOf(folder: string): ReadonlySet<string> {
  const path = join(folder, 'package.json');
  const manifest: unknown = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  const lists = [readField(manifest, 'dependencies'), readField(manifest, 'devDependencies')];
  return new Set(lists.flatMap((list) => Object.keys(list ?? {})));
}
