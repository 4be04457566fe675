import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readField } from '@api-key-fallback/core/adapter';
import type { DoctorTexts } from '../texts/english/doctor.ts';
import type { Finding } from './finding.ts';
import { isInRange } from './is-in-range.ts';

const scope = '@api-key-fallback';

/** Finds packages of ours whose client is missing, or is installed in a version that they do not support. */
export function checkClientPackages(
  folder: string,
  installLine: (packages: readonly string[]) => string,
  texts: DoctorTexts,
): readonly Finding[] {
  const found = installedPackages(folder).flatMap((path) => findingsOf(path, installLine, texts));
  return found.length > 0 ? found : [{ check: 'client-packages', level: 'fine', ...texts.clientsFine }];
}

function installedPackages(folder: string): readonly string[] {
  const path = join(folder, 'node_modules', scope);
  if (!existsSync(path)) return [];
  const folders = readdirSync(path).map((name) => realpathSync(join(path, name)));
  return folders.filter((each) => existsSync(join(each, 'package.json')));
}

function findingsOf(
  path: string,
  installLine: (packages: readonly string[]) => string,
  texts: DoctorTexts,
): readonly Finding[] {
  const manifest = manifestOf(path);
  const name = String(readField(manifest, 'name'));
  const peers = Object.entries(readField(manifest, 'peerDependencies') ?? {}) as [client: string, range: string][];
  return peers.flatMap(([client, range]): readonly Finding[] => {
    // Core comes with every package of ours.
    if (client.startsWith(scope)) return [];
    const version = versionOf(client, path);
    const isOptional = readField(manifest, 'peerDependenciesMeta', client, 'optional') === true;
    if (version === undefined ? isOptional : isInRange(version, range)) return [];
    const install = installLine([`${client}@${range.replace(/^.*\|\|\s*/, '')}`]);
    const advice =
      version === undefined
        ? texts.clientMissing(name, client, install)
        : texts.clientVersion({ name, client, version, range, install });
    return [{ check: 'client-packages', level: 'error', ...advice }];
  });
}

/** The version of a package as another one finds it. Not by `require.resolve`: many packages do not export their manifest. */
function versionOf(name: string, from: string): string | undefined {
  const path = join(from, 'node_modules', name);
  if (existsSync(join(path, 'package.json'))) return String(readField(manifestOf(path), 'version'));
  const above = dirname(from);
  return above === from ? undefined : versionOf(name, above);
}

function manifestOf(path: string): unknown {
  return JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
}
