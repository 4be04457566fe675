import { loadApiKeys, type ApiKeyManager } from '@api-key-fallback/core';
import type { Project, ProjectProvider } from '../project/open-project.ts';
import type { DoctorTexts } from '../texts/english/doctor.ts';
import type { Finding } from './finding.ts';

/** Finds keys that no adapter can use, keys that cannot be read, and keys that are there twice. */
export function checkKeys(project: Project, texts: DoctorTexts): readonly Finding[] {
  const { managers, providers, missing, directory } = project;
  if (managers.length === 0 && providers.length === 0) return [{ check: 'keys', level: 'warning', ...texts.noKeys }];
  const found: readonly Finding[] = [
    ...missing.map(({ displayName, packageName, peers }): Finding => {
      const install = project.installLine([packageName, ...peers]);
      return { check: 'keys', level: 'warning', ...texts.adapterMissing(displayName, install) };
    }),
    ...providers.flatMap((provider) => unreadableKeys(provider, directory, texts)),
    ...keysOfTwoProviders(managers, texts),
  ];
  if (found.length > 0) return found;
  const count = managers.reduce((sum, manager) => sum + manager.status().keys.length, 0);
  return [{ check: 'keys', level: 'fine', ...texts.keysFine(count) }];
}

/** What core says while it reads the keys: repeated ones, files that are missing, variables that it does not read. */
function unreadableKeys({ provider, problem }: ProjectProvider, directory: string, texts: DoctorTexts): Finding[] {
  if (problem !== undefined) {
    return [{ check: 'keys', level: 'error', ...texts.unusableKeys(provider.displayName, problem) }];
  }
  const warnings: string[] = [];
  const warn = (text: string) => warnings.push(text);
  loadApiKeys(provider.env, { directory, logLevel: 'warn', logger: { debug: warn, info: warn, warn, error: warn } });
  return warnings.map((text) => ({ check: 'keys', level: 'warning', ...texts.keyWarning(text) }));
}

/** A key that two providers have is in the wrong place for one of them. Pools of one provider may share a key. */
function keysOfTwoProviders(managers: readonly ApiKeyManager[], texts: DoctorTexts): readonly Finding[] {
  const places = managers.flatMap((manager) => {
    const { provider, displayName, keys } = manager.status();
    const values = manager.getAllKeys();
    return keys.map(({ label }, index) => ({ value: values[index], provider, name: `${displayName} ${label}` }));
  });
  return [...Map.groupBy(places, ({ value }) => value).values()]
    .filter((same) => new Set(same.map(({ provider }) => provider)).size > 1)
    .map((same) => ({ check: 'keys', level: 'error', ...texts.keyInTwoProviders(same.map(({ name }) => name)) }));
}
