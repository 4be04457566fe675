import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly license?: string;
}

const folderOfPackage = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/;
const licenseFile = /^(?:licen[sc]e|copying)/i;

function licenseOf(folder: string): string {
  const { name, license = 'unknown' } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const file = readdirSync(folder).find((candidate) => licenseFile.test(candidate));
  if (file === undefined) throw new Error(`${name} is bundled, but ${folder} has no file with its licence.`);
  return `## ${name}\n\nLicence: ${license}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}

/**
 * Returns the text of THIRD-PARTY-LICENSES.md for a bundle of these files: the licence of each package in `node_modules`
 * that one of them belongs to. Most licences ask for their text in every copy.
 */
export function thirdPartyLicenses(bundledFiles: Iterable<string>): string {
  const folders = new Set<string>();
  for (const file of bundledFiles) {
    const folder = folderOfPackage.exec(file)?.[0];
    if (folder !== undefined) folders.add(folder);
  }
  const licenses = [...new Set([...folders].map(licenseOf))].toSorted();
  return ['The files in `dist` contain parts of these packages.\n', ...licenses].join('\n');
}
