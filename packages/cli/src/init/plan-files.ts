import type { KnownProvider } from '../project/known-providers.ts';
import { plainLine, variableLine, type WantedLine } from './merge-lines.ts';
import type { ProjectStyle } from './project-style.ts';
import { serviceRecipes } from './service-recipes.ts';
import { writeKeyStore, writeService, writeTrial, type ServicePlan } from './write-service.ts';

/** Where the processes of a service share the state of their keys. */
export type StoreChoice = 'none' | 'file' | 'redis';

/** What `init` was told. */
export interface Answers {
  readonly providers: readonly KnownProvider[];
  /** The keys of each provider. */
  readonly keyCount: number;
  readonly store: StoreChoice;
}

/** A file that `init` writes: as a whole, or with lines that are added to one that exists. */
export type PlannedFile =
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly lines: readonly WantedLine[] };

/** The directory of the file store, in the project. */
const stateDirectory = '.api-key-state';

/** Returns the files of a first service, of the first provider. None of them contains a key. */
export function planFiles(answers: Answers, style: ProjectStyle): readonly PlannedFile[] {
  const [provider] = answers.providers;
  const recipe = provider && serviceRecipes[provider.name];
  if (!recipe) throw new TypeError('init cannot write a service for this provider.');
  const hasKeyStore = answers.store === 'redis';
  const plan: ServicePlan = { provider, recipe, style, hasKeyStore };
  const { extension } = style;
  return [
    ...(style.isNew ? projectFiles : []),
    { path: '.env.example', lines: exampleLines(answers) },
    { path: '.gitignore', lines: ignoredNames(answers).map(plainLine) },
    { path: configName(style), text: writeConfig(style, hasKeyStore) },
    ...(hasKeyStore ? [{ path: `src/key-store.${extension}`, text: writeKeyStore(style) }] : []),
    { path: `src/${provider.name}-service.${extension}`, text: writeService(plan) },
    { path: `src/try-${provider.name}.${extension}`, text: writeTrial(plan) },
  ];
}

/** The settings of TypeScript in the set-up guide. */
const compilerOptions = { target: 'es2023', module: 'nodenext', strict: true, types: ['node'] };

const projectFiles: readonly PlannedFile[] = [
  { path: 'package.json', text: `${JSON.stringify({ private: true, type: 'module' }, undefined, 2)}\n` },
  { path: 'tsconfig.json', text: `${JSON.stringify({ compilerOptions }, undefined, 2)}\n` },
];

function exampleLines({ providers, keyCount, store }: Answers): readonly WantedLine[] {
  const keys = providers.flatMap(({ env }) =>
    Array.from({ length: keyCount }, (_, index) => variableLine(index === 0 ? env : `${env}_${index + 1}`)),
  );
  if (store === 'file') return [...keys, variableLine('API_KEY_STATE_DIR', stateDirectory)];
  return store === 'redis' ? [...keys, variableLine('REDIS_URL', 'redis://localhost:6379')] : keys;
}

function ignoredNames({ store }: Answers): readonly string[] {
  return ['.env', '.env.local', ...(store === 'file' ? [`${stateDirectory}/`] : [])];
}

function configName({ isTypeScript, isModule, extension }: ProjectStyle): string {
  return `api-key-fallback.config.${isTypeScript || isModule ? extension : 'mjs'}`;
}

function writeConfig({ importExtension }: ProjectStyle, hasKeyStore: boolean): string {
  return [
    "import { defineConfig } from 'api-key-fallback';",
    ...(hasKeyStore ? [`import { store } from './src/key-store.${importExtension}';`] : []),
    '',
    'export default defineConfig({',
    ...(hasKeyStore ? ['  store,'] : []),
    "  // Where alerts go, for example: channels: [slack(process.env['SLACK_WEBHOOK_URL'])]",
    '});',
    '',
  ].join('\n');
}
