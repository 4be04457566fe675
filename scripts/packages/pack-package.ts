import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PublishedPackage } from './published-packages.ts';

/** Packs a built package as it is published, and returns the path of the tarball. */
export function packPackage({ name, folder }: PublishedPackage, to: string): string {
  const tarball = join(to, `${name}.tgz`);
  execFileSync('pnpm', ['--dir', folder, 'pack', '--out', tarball], { stdio: ['ignore', 'pipe', 'inherit'] });
  return tarball;
}

/** Unpacks a tarball into a folder of its own, and returns that folder. */
export function unpackTarball(tarball: string): string {
  const folder = tarball.replace(/\.tgz$/, '');
  mkdirSync(folder);
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', folder]);
  return folder;
}
