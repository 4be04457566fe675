import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { type PublishedPackage, readManifest, root } from './published-packages.ts';

const repository = 'https://github.com/api-key-fallback/api-key-fallback';
const alwaysPacked = ['LICENSE', 'README.md', 'package.json'];
const licenses = 'dist/THIRD-PARTY-LICENSES.md';
const compiled = /\.(?:js|js\.map|d\.ts|d\.ts\.map)$/;

interface SourceMap {
  readonly sources: readonly string[];
  readonly sourcesContent?: readonly (string | null)[];
}

/** Returns the files of an unpacked tarball, with `/` between folders. */
export function filesOf(folder: string): string[] {
  // `globSync` would leave out names that begin with a dot.
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
  return paths.map((path) => path.replaceAll('\\', '/')).toSorted();
}

function isAllowed(file: string, files: readonly string[]): boolean {
  if (alwaysPacked.includes(file) || file === licenses) return true;
  if (file.startsWith('dist/')) return compiled.test(file);
  if (file.startsWith('src/')) return file.endsWith('.ts') && !/(?:^|\/)tests?\/|\.(?:test|spec|d)\.ts$/.test(file);
  return files.some((entry) => file === entry || file.startsWith(`${entry}/`));
}

function manifestProblems({ name, manifest }: PublishedPackage, packed: PublishedPackage['manifest']): string[] {
  const ranges = Object.entries({ ...packed.dependencies, ...packed.peerDependencies, ...packed.devDependencies });
  const expected: Readonly<Record<string, unknown>> = {
    license: 'MIT',
    author: 'API Key Fallback contributors',
    homepage: `${repository}/tree/main/packages/${name}#readme`,
    bugs: `${repository}/issues`,
    repository: { type: 'git', url: `git+${repository}.git`, directory: `packages/${name}` },
  };
  return [
    ...Object.entries(expected)
      .filter(([field, value]) => JSON.stringify(manifest[field as 'license']) !== JSON.stringify(value))
      .map(([field, value]) => `package.json: "${field}" must be ${JSON.stringify(value)}`),
    ...ranges
      .filter(([, range]) => /^(?:workspace|catalog|link|file):/.test(range))
      .map(([dependency, range]) => `package.json: ${dependency} has the range ${range}, which npm cannot install`),
  ];
}

/** A source of a source map has to be in the tarball or in the map itself. A map of a deleted source fails here too. */
function mapProblems(folder: string, file: string, all: ReadonlySet<string>): string[] {
  const { sources, sourcesContent = [] } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as SourceMap;
  const missing = sources.filter((source, at) => {
    const path = normalize(join(dirname(file), source)).replaceAll('\\', '/');
    return !all.has(path) && typeof sourcesContent[at] !== 'string';
  });
  return missing.map((source) => `${file}: the source ${source} is neither packed nor in the map`);
}

/** Names of the packages in `node_modules` whose code is in the bundle of this source map. */
function bundledPackages(folder: string, file: string): string[] {
  const { sources } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as SourceMap;
  return sources.flatMap((source) => /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
}

function licenseProblems(folder: string, all: ReadonlySet<string>): string[] {
  const text = all.has(licenses) ? readFileSync(join(folder, licenses), 'utf8') : '';
  const maps = [...all].filter((file) => file.endsWith('.js.map'));
  const named = new Set(maps.flatMap((file) => bundledPackages(folder, file)));
  const unmapped = [...all].filter((file) => /^dist\/.*\.js$/.test(file) && !all.has(`${file}.map`));
  return [
    ...[...named]
      .filter((name) => !text.includes(`## ${name}\n`))
      .map((name) => `${licenses} lacks the licence of ${name}`),
    // Without a source map it was not compiled from one file of `src`: it is a bundle.
    ...unmapped.filter(() => text === '').map((file) => `${file} is a bundle, and ${licenses} is missing`),
  ];
}

/** Says what is in the tarball of a package, unpacked in `folder`, that must not be, and what is missing. */
export function tarballProblems(published: PublishedPackage, folder: string): string[] {
  const files = filesOf(folder);
  const all = new Set(files);
  const machine = files.filter((file) => readFileSync(join(folder, file), 'utf8').includes(root));
  return [
    ...alwaysPacked.filter((file) => !all.has(file)).map((file) => `${file} is missing`),
    ...files
      .filter((file) => !isAllowed(file, published.manifest.files ?? []))
      .map((file) => `${file} must not be packed`),
    ...manifestProblems(published, readManifest(folder)),
    ...files.filter((file) => file.endsWith('.map')).flatMap((file) => mapProblems(folder, file, all)),
    ...licenseProblems(folder, all),
    ...machine.map((file) => `${file} names a folder of this machine`),
  ].map((problem) => `${published.manifest.name}: ${problem}`);
}
