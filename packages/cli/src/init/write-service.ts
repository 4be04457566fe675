import type { KnownProvider } from '../project/known-providers.ts';
import type { ProjectStyle } from './project-style.ts';
import type { ServiceRecipe } from './service-recipes.ts';
import { writeExport, writeImports, type Import } from './write-imports.ts';

/** The service of a provider: what `init` writes it from. */
export interface ServicePlan {
  readonly provider: KnownProvider;
  readonly recipe: ServiceRecipe;
  readonly style: ProjectStyle;
  /** Whether its keys share their state through `key-store`. */
  readonly hasKeyStore: boolean;
}

/** Returns the text of a service whose calls go on with the next key when one fails. */
export function writeService(plan: ServicePlan): string {
  const { recipe, style } = plan;
  const { objectName, className } = recipe;
  const code = style.isTypeScript
    ? [...classLines(plan), '', ...writeExport(objectName, `injectKeys(new ${className}())`, style)]
    : writeExport(objectName, functionLines(plan).join('\n'), style);
  return linesOf([...writeImports(importsOf(plan), style), '', ...registration(plan), ...code]);
}

/** Returns the text of a program that calls the service once. */
export function writeTrial({ provider, recipe, style }: ServicePlan): string {
  const { objectName, methodName, example } = recipe;
  const imported = { from: `./${provider.name}-service.${style.importExtension}`, names: [objectName] };
  const call = `${objectName}.${methodName}('${example}')`;
  const print = style.isModule ? `console.log(await ${call});` : `${call}.then(console.log, console.error);`;
  return linesOf([...writeImports([imported], style), '', print]);
}

/** Returns the text of the store that the services share with the command line. */
export function writeKeyStore(style: ProjectStyle): string {
  const imports = [
    { from: '@api-key-fallback/redis', names: ['RedisStore'] },
    { from: 'ioredis', names: ['Redis'] },
  ];
  return linesOf([
    ...writeImports(imports, style),
    '',
    "const url = process.env['REDIS_URL'] ?? 'redis://localhost:6379';",
    '',
    '// The store opens its own connections, so this client never connects.',
    ...writeExport('store', 'new RedisStore(new Redis(url, { lazyConnect: true }))', style),
  ]);
}

function importsOf({ provider, recipe, style, hasKeyStore }: ServicePlan): readonly Import[] {
  const { imported = [], injected, managerClass } = recipe;
  const entry = style.isTypeScript ? ['injectKeys', 'retryWithApiKeyFallback'] : ['wrapWithFallback'];
  const ofCore = [...entry, ...(hasKeyStore ? ['registry'] : [])].toSorted();
  return [
    { from: '@api-key-fallback/core', names: ofCore, types: [injected.type] },
    { from: provider.packageName, names: [...(hasKeyStore ? [managerClass] : []), ...imported] },
    ...(hasKeyStore ? [{ from: `./key-store.${style.importExtension}`, names: ['store'] }] : []),
  ];
}

function registration({ provider, recipe, hasKeyStore }: ServicePlan): readonly string[] {
  if (!hasKeyStore)
    return [`// The keys are ${provider.env}, ${provider.env}_2 and so on, from the environment or .env.`];
  const create = `() => ${recipe.managerClass}.fromEnv({ store })`;
  return [`registry.registerOnce('${provider.name}', ${create});`, ''];
}

function classLines({ provider, recipe }: ServicePlan): readonly string[] {
  const { className, methodName, options, injected, parameter, returns, body } = recipe;
  const first = `${injected.name}: ${injected.type}<'${provider.name}'>`;
  return [
    `class ${className} {`,
    `  // Callers write ${methodName}(${parameter}). A call that fails goes on with the next key.`,
    `  @retryWithApiKeyFallback({ provider: '${provider.name}', ${options} })`,
    `  async ${methodName}(${first}, ${parameter}: string): Promise<${returns}> {`,
    ...body.map((line) => `    ${line}`),
    '  }',
    '}',
  ];
}

function functionLines({ provider, recipe }: ServicePlan): readonly string[] {
  const { methodName, options, injected, parameter, body } = recipe;
  return [
    '{',
    `  // Callers write ${methodName}(${parameter}). A call that fails goes on with the next key.`,
    `  ${methodName}: wrapWithFallback(`,
    `    async (${injected.name}, ${parameter}) => {`,
    ...body.map((line) => `      ${line}`),
    '    },',
    `    { provider: '${provider.name}', ${options} },`,
    '  ),',
    '}',
  ];
}

function linesOf(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
