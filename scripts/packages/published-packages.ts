import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What the scripts read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly author?: string;
  readonly homepage?: string;
  readonly bugs?: string;
  readonly repository?: { readonly url: string; readonly directory: string };
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A package of this repository that is published. */
export interface PublishedPackage {
  /** Its folder below `packages`. */
  readonly name: string;
  readonly folder: string;
  readonly manifest: Manifest;
}

export const root: string = join(import.meta.dirname, '../..');

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** Returns the packages that are published, in the order of their names. */
export function publishedPackages(): PublishedPackage[] {
  const names = globSync('packages/*/package.json', { cwd: root }).map((file) =>
    dirname(file).replace(/^packages./, ''),
  );
  return names
    .toSorted()
    .map((name) => ({
      name,
      folder: join(root, 'packages', name),
      manifest: readManifest(join(root, 'packages', name)),
    }))
    .filter(({ manifest }) => manifest.private !== true);
}
