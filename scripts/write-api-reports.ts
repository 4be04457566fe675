import { existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { type PublishedPackage, publishedPackages, root } from './packages/published-packages.ts';

// Writes packages/<name>/api/<entry>.api.md: the names that each entry point exports, with their signatures. `--check` writes
// nothing, and fails when a report is not what the built declarations say. With names of folders, only for these packages.

const { values, positionals: names } = parseArgs({ options: { check: { type: 'boolean' } }, allowPositionals: true });
const isCheck = values.check === true;

/** Returns the declarations of the entry points that package.json exports. */
function entriesOf({ folder, manifest }: PublishedPackage): string[] {
  const types = Object.values(manifest.exports ?? {}).flatMap(({ types: file }) => file ?? []);
  const entries = types.map((file) => join(folder, file));
  const missing = entries.find((entry) => !existsSync(entry));
  if (missing !== undefined) throw new Error(`${missing} is missing. Run \`npx pnpm@12 run build\` first.`);
  return entries;
}

function configOf({ folder }: PublishedPackage, entry: string): ExtractorConfig {
  const compilerOptions = {
    target: 'es2023',
    lib: ['es2024'],
    module: 'nodenext',
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    skipLibCheck: true,
    strict: true,
    exactOptionalPropertyTypes: true,
  };
  const reportFolder = join(folder, 'api');
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, 'package.json'),
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: entry,
      newlineKind: 'lf',
      compiler: { overrideTsconfig: { compilerOptions, files: [entry] } },
      apiReport: {
        enabled: true,
        reportFileName: `${basename(entry, '.d.ts')}.api.md`,
        reportFolder,
        reportTempFolder: join(folder, 'node_modules/.api'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      // The compiler and the linter judge the code. This only compares the reports.
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  });
}

/** Writes or checks the reports of a package, and returns those that were not up to date. */
function report(published: PublishedPackage): string[] {
  const entries = entriesOf(published);
  const configs = entries.map((entry) => configOf(published, entry));
  const [first] = configs;
  if (first === undefined) throw new Error(`${published.manifest.name} exports nothing.`);
  const compilerState = CompilerState.create(first, { additionalEntryPoints: entries });
  mkdirSync(first.reportFolder, { recursive: true });
  return configs.flatMap((config) => {
    const result = Extractor.invoke(config, {
      localBuild: !isCheck,
      compilerState,
      messageCallback: (message) => {
        message.handled = message.logLevel !== ExtractorLogLevel.Error;
      },
    });
    if (result.errorCount > 0) throw new Error(`${config.mainEntryPointFilePath} cannot be read.`);
    return result.apiReportChanged ? [config.reportFilePath.slice(root.length + 1)] : [];
  });
}

const packages = publishedPackages().filter(({ name }) => names.length === 0 || names.includes(name));
const changed = packages.flatMap(report);
for (const file of changed) console.log(`${file}: ${isCheck ? 'out of date' : 'written'}`);
console.log(`API reports of ${packages.length} packages ${isCheck ? 'compared' : 'are up to date'}.`);
if (isCheck && changed.length > 0) {
  console.error('Run `npx pnpm@12 run api:update`, and look at what the change means for users.');
  process.exitCode = 1;
}
