import { existsSync } from 'node:fs';
import {
  ApiKeyManager,
  loadApiKeys,
  NoApiKeysError,
  registry,
  type KeyStateStore,
  type NamedApiKey,
} from '@api-key-fallback/core';
import { closestName, errorMessage } from '@api-key-fallback/core/adapter';
import type { Session } from '../session.ts';
import { shownName } from '../shown-name.ts';
import { UsageError } from '../usage-error.ts';
import { allVariables, readEnvFiles, type EnvFile } from './env-files.ts';
import { resolveFromProject } from './import-from-project.ts';
import { followStores } from './follow-stores.ts';
import { areManagers } from './check-config.ts';
import { importAdapter } from './import-adapter.ts';
import { installLine } from './install-line.ts';
import { knownProviders, type KnownProvider } from './known-providers.ts';
import { openStore, type ProjectStore } from './open-store.ts';

/** A provider for which the environment of the project has keys, or a variable that cannot be read. */
export interface ProjectProvider {
  readonly provider: KnownProvider;
  readonly keys: readonly NamedApiKey[];
  /** Why its keys cannot be used, from core. */
  readonly problem?: string;
  readonly isInstalled: boolean;
  /** Absent if the adapter is missing, the keys cannot be used, or only a configuration can name the address. */
  readonly manager?: ApiKeyManager;
}

/** What a project has. */
export interface Project {
  readonly directory: string;
  readonly envFiles: readonly EnvFile[];
  /** The variables of the process and of all files. */
  readonly variables: Readonly<Record<string, string>>;
  /** The providers with keys in the environment, without those of the configuration. */
  readonly providers: readonly ProjectProvider[];
  /** Those that have keys, but no adapter. */
  readonly missing: readonly KnownProvider[];
  /** The key managers of the configuration, the registry and the environment, in this order. */
  readonly managers: readonly ApiKeyManager[];
  readonly store?: ProjectStore;
  /** The kind of a store with which the last exchange failed; `undefined` if there is none. Still says so after `close()`. */
  readonly awayStore: () => string | undefined;
  /** The line that installs packages with the package manager of the project. */
  installLine(packages: readonly string[]): string;
  /** Closes the managers, so that the store has what they know, then the store. Can be called twice. */
  close(): Promise<void>;
}

/** How a project is opened. */
export interface OpenOptions {
  /** Whether the managers share their state through the store of the project. @default true */
  readonly withStore?: boolean;
  /** An API of RapidAPI to ask whether keys work, with its path: `weatherapi-com.p.rapidapi.com/current.json`. @default none */
  readonly rapidApi?: string;
}

/** Finds the keys, adapters and managers of a project. */
export async function openProject(session: Session, options: OpenOptions = {}): Promise<Project> {
  const { io, settings } = session;
  const { directory } = settings;
  if (!existsSync(directory)) throw new UsageError(session.texts.project.noDirectory(directory));
  const envFiles = readEnvFiles(directory, io.env);
  const variables = allVariables(envFiles, io.env);
  const store = (options.withStore ?? true) ? await openStore(session, envFiles) : undefined;
  const configured = configuredManagers(session, store?.store);
  checkNames(session, configured);
  const isWanted = (name: string) => settings.providers.length === 0 || settings.providers.includes(name);
  const covered = new Set(configured.map(({ provider }) => provider));
  const open: ProjectProvider[] = [];
  for (const provider of knownProviders.filter(({ name }) => isWanted(name) && !covered.has(name))) {
    const found = await openProvider(session, provider, variables, options, store?.store);
    if (found) open.push(found);
  }
  const managers = [
    ...configured.filter(({ provider }) => isWanted(provider)),
    ...open.flatMap(({ manager }) => manager ?? []),
  ];
  let closed: Promise<void> | undefined;
  const closeAll = async () => {
    await Promise.all([...new Set([...configured, ...managers])].map((manager) => manager.close()));
    await store?.close();
  };
  return {
    directory,
    envFiles,
    variables,
    providers: open,
    missing: open.filter(({ isInstalled }) => !isInstalled).map(({ provider }) => provider),
    managers,
    ...(store === undefined ? {} : { store }),
    awayStore: followStores(managers),
    installLine: (packages) => installLine(directory, packages),
    close: () => (closed ??= closeAll()),
  };
}

function configuredManagers(
  { config, configFile = '', texts }: Session,
  store: KeyStateStore | undefined,
): readonly ApiKeyManager[] {
  const { managers = [] } = config;
  const own =
    typeof managers === 'function' ? managers({ logger: false, ...(store === undefined ? {} : { store }) }) : managers;
  if (!areManagers(own)) throw new UsageError(texts.project.wrongConfigField(configFile, 'managers'));
  // A configuration can import the module that registers the managers of the service.
  return [...new Set([...own, ...registry.managers()])];
}

function checkNames({ settings, texts }: Session, configured: readonly ApiKeyManager[]): void {
  const names = [
    ...new Set([...configured.map(({ provider }) => provider), ...knownProviders.map(({ name }) => name)]),
  ];
  const wrong = settings.providers.find((name) => !names.includes(name));
  if (wrong === undefined) return;
  throw new UsageError(texts.project.unknownProvider(shownName(wrong), closestName(wrong, names), names.join(', ')));
}

async function openProvider(
  { settings }: Session,
  provider: KnownProvider,
  variables: Readonly<Record<string, string>>,
  { rapidApi }: OpenOptions,
  store: KeyStateStore | undefined,
): Promise<ProjectProvider | undefined> {
  const { directory } = settings;
  if (!Object.keys(variables).some((name) => name.startsWith(provider.env))) return undefined;
  const isInstalled = resolveFromProject(directory, provider.packageName) !== undefined;
  try {
    const keys = loadApiKeys(provider.env, { directory, logger: false });
    if (!isInstalled || provider.needsAddress) return { provider, keys, isInstalled };
    const adapter = await importAdapter(directory, provider, rapidApi);
    const manager = new ApiKeyManager(adapter, keys, { directory, logger: false, store: store ?? false });
    return { provider, keys, isInstalled, manager };
  } catch (error) {
    return NoApiKeysError.isInstance(error)
      ? undefined
      : { provider, keys: [], isInstalled, problem: errorMessage(error) };
  }
}
