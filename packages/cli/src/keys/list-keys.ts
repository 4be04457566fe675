import { ApiKeyManager } from '@api-key-fallback/core';
import { fileOf } from '../project/env-files.ts';
import type { Project, ProjectProvider } from '../project/open-project.ts';
import type { Io } from '../io.ts';

/** A key of the project, and where it is from. */
export interface ListedKey {
  readonly provider: string;
  readonly displayName: string;
  readonly pool: string;
  readonly label: string;
  readonly masked: string;
  /** The variable that it is from; absent if the configuration has it. */
  readonly variable?: string;
  readonly origin: 'environment' | 'file' | 'configuration';
  /** The `.env*` file that sets the variable. */
  readonly file?: string;
}

/** A key in plain text, to compare it with others. Never part of a result. */
export interface SecretKey {
  readonly listed: ListedKey;
  readonly secret: string;
}

/** Lists the keys of all providers of a project, also of those without an adapter. */
export async function listKeys(project: Project, io: Io): Promise<readonly SecretKey[]> {
  const unmanaged = project.providers.filter(({ manager, keys }) => manager === undefined && keys.length > 0);
  const stand = unmanaged.map(standIn);
  const managers = [...project.managers, ...stand];
  await Promise.all(managers.map((manager) => manager.ready()));
  const listed = managers.flatMap((manager) => keysOf(manager, project, io));
  await Promise.all(stand.map((manager) => manager.close()));
  return listed;
}

/** Knows the keys of a provider without an adapter, so that they are masked like all others. It makes no calls. */
function standIn({ provider, keys }: ProjectProvider): ApiKeyManager {
  const { name, displayName, env } = provider;
  const adapter = { name, displayName, env, classifyError: () => undefined };
  return new ApiKeyManager(adapter, keys, { logger: false, store: false });
}

function keysOf(manager: ApiKeyManager, { envFiles, variables }: Project, { env }: Io): readonly SecretKey[] {
  const { provider, pool } = manager;
  const { displayName, keys } = manager.status();
  const secrets = manager.getAllKeys();
  return keys.map(({ label, masked }, index) => {
    // An entry of a list is labelled OPENAI_API_KEYS[2].
    const variable = label.replace(/\[\d+\]$/, '');
    const isSet = Object.hasOwn(variables, variable);
    const file = isSet ? fileOf(variable, envFiles, env)?.name : undefined;
    const origin = isSet ? (file === undefined ? 'environment' : 'file') : 'configuration';
    const listed: ListedKey = {
      provider,
      displayName,
      pool,
      label,
      masked,
      origin,
      ...(isSet ? { variable } : {}),
      ...(file === undefined ? {} : { file }),
    };
    return { listed, secret: secrets[index] ?? '' };
  });
}
