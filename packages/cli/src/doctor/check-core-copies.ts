import { relative } from 'node:path';
import type { DoctorTexts } from '../texts/english/doctor.ts';
import type { Finding } from './finding.ts';
import { findCoreCopies } from './find-core-copies.ts';

/** Finds several copies of core, and none. Copies of one version share the registry, but classes and types differ. */
export function checkCoreCopies(folder: string, texts: DoctorTexts): Finding {
  const copies = findCoreCopies(folder);
  const [first] = copies;
  if (!first) return { check: 'core', level: 'warning', ...texts.coreMissing };
  if (copies.length === 1) return { check: 'core', level: 'fine', ...texts.coreFine(first.version) };
  const areSame = new Set(copies.map(({ version }) => version)).size === 1;
  const shown = copies.map(({ path, version }) => `${version} (${relative(folder, path)})`);
  return { check: 'core', level: areSame ? 'warning' : 'error', ...texts.coreCopies(shown) };
}
