import { resolve } from 'node:path';
import { FileStore, type KeyStateStore } from '@api-key-fallback/core';
import { readField } from '@api-key-fallback/core/adapter';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import type { EnvFile } from './env-files.ts';
import { importFromProject } from './import-from-project.ts';
import { installLine } from './install-line.ts';

/** The store in which the processes of the project share the state of their keys. */
export interface ProjectStore {
  readonly store: KeyStateStore;
  /** What people know it by: the directory, or the address without a password. */
  readonly place: string;
  /** Closes it, unless the configuration has made it. */
  close(): Promise<void>;
}

/** Opens the store of a project: that of the flags, else of the configuration, else of API_KEY_STATE_DIR in a `.env` file. */
export async function openStore(session: Session, files: readonly EnvFile[]): Promise<ProjectStore | undefined> {
  const { redis, stateDirectory, directory } = session.settings;
  const { store } = session.config;
  if (redis !== undefined && stateDirectory !== undefined) throw new UsageError(session.texts.project.twoStores);
  if (redis !== undefined) return openRedis(session, redis);
  if (stateDirectory !== undefined) return openDirectory(resolve(session.io.cwd, stateDirectory));
  if (store !== undefined) return { store, place: store.kind, close: async () => {} };
  const inFile = files.findLast(({ variables }) => variables['API_KEY_STATE_DIR'] !== undefined);
  const named = inFile?.variables['API_KEY_STATE_DIR']?.trim();
  // A service runs in its own directory.
  return named ? openDirectory(resolve(directory, named)) : undefined;
}

function openDirectory(path: string): ProjectStore {
  const store = new FileStore(path);
  return { store, place: path, close: () => store.close() };
}

async function openRedis({ settings, texts }: Session, url: string): Promise<ProjectStore> {
  const { directory } = settings;
  const place = withoutPassword(url);
  if (place === undefined) throw new UsageError(texts.project.noRedisUrl);
  const adapter = await importFromProject(directory, '@api-key-fallback/redis');
  const RedisStore = readField(adapter, 'RedisStore') as (new (client: unknown) => KeyStateStore) | undefined;
  const client = await createClient(directory, url);
  if (RedisStore === undefined || client === undefined) {
    const line = installLine(directory, ['@api-key-fallback/redis', ...(client === undefined ? ['ioredis'] : [])]);
    throw new UsageError(texts.project.noRedisPackage(line));
  }
  const store = new RedisStore(client);
  return { store, place, close: () => store.close() };
}

/** A client of ioredis or node-redis, whichever the project has. It is a template, and never connects. */
async function createClient(directory: string, url: string): Promise<unknown> {
  const ioredis = await importFromProject(directory, 'ioredis');
  const Redis = readField(ioredis, 'Redis') as (new (url: string, options: object) => unknown) | undefined;
  if (Redis !== undefined) return new Redis(url, { lazyConnect: true });
  const nodeRedis = await importFromProject(directory, 'redis');
  const create = readField(nodeRedis, 'createClient') as ((options: object) => unknown) | undefined;
  return create?.({ url });
}

function withoutPassword(url: string): string | undefined {
  if (!URL.canParse(url) || !/^rediss?:$/.test(new URL(url).protocol)) return undefined;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
