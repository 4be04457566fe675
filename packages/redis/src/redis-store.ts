import { createHash, randomUUID } from 'node:crypto';
import { InvalidOptionsError } from '@api-key-fallback/core';
import {
  checkOptionNames,
  type ChangeListener,
  type KeyStateStore,
  type Lease,
  type SyncReply,
  type SyncRequest,
} from '@api-key-fallback/core/store';
import { ChangeFeed } from './change-feed.ts';
import { readChange } from './change-message.ts';
import { CommandLink } from './command-link.ts';
import { connectionsFrom } from './connections-from.ts';
import { KeyNames } from './key-names.ts';
import { releaseScript, renewScript } from './lease-scripts.ts';
import { RedisError } from './redis-error.ts';
import { readReplies, syncCalls } from './sync-calls.ts';
import { syncScript } from './sync-script.ts';

/** Options of {@link RedisStore}. */
export interface RedisStoreOptions {
  /** The prefix of all keys and channels; up to 128 characters in one line, without braces. @default 'akf' */
  readonly prefix?: string;
}

/** What the clients of ioredis and node-redis have in common. The store detects the library at run time. */
export interface RedisClientLike {
  connect(...args: never[]): unknown;
  on(...args: never[]): unknown;
}

interface Script {
  readonly text: string;
  readonly sha: string;
}

function scriptOf(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

const sync = scriptOf(syncScript);
const renew = scriptOf(renewScript);
const release = scriptOf(releaseScript);

const noteKeptMs = 24 * 60 * 60 * 1000;

const optionNames = new Set(['prefix']);

function checkedPrefix(options: RedisStoreOptions): string {
  checkOptionNames('options', options, optionNames, "new RedisStore(client, { prefix: 'akf' })");
  const { prefix = 'akf' } = options;
  // Braces would move the keys of a pool to different slots of a cluster. Half a character has no UTF-8.
  if (typeof prefix === 'string' && /^[^{}\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,128}$/u.test(prefix)) return prefix;
  throw new InvalidOptionsError(
    'The prefix of a RedisStore must be a text of 1 to 128 characters in one line, without braces.',
  );
}

/**
 * Keeps state in Redis or Valkey, so that all processes with the same server and prefix share it.
 *
 * The client (ioredis 5 or later, node-redis 5 or later; single server, Cluster or Sentinel) is only a template. The
 * store opens its own connections when it is first used, and never closes the client.
 *
 * Operations reject with an `Error` that has a `code`, such as `ECONNREFUSED` or `OOM`: at once without a connection,
 * else within 1.5 s (`subscribe()`: 2.5 s). The store reconnects by itself.
 *
 * @throws InvalidOptionsError when `client` is not a supported client, or an option is invalid.
 * @example
 * const store = new RedisStore(new Redis('redis://localhost:6379', { lazyConnect: true }));
 * const manager = OpenAIKeyManager.fromEnv({ store });
 * await manager.ready();
 * // …
 * await manager.close();
 * await store.close();
 */
export class RedisStore implements KeyStateStore {
  readonly kind = 'redis';
  readonly #prefix: string;
  readonly #commands: CommandLink;
  readonly #feed: ChangeFeed;

  constructor(client: RedisClientLike, options: RedisStoreOptions = {}) {
    const connections = connectionsFrom(client);
    this.#prefix = checkedPrefix(options);
    this.#commands = new CommandLink((on, signal) => connections.dial(on, signal));
    this.#feed = new ChangeFeed((on, signal) => connections.dialFeed(on, signal));
  }

  async sync(request: SyncRequest, signal?: AbortSignal): Promise<SyncReply> {
    const calls = syncCalls(request, new KeyNames(this.#prefix, request.pool));
    const replies: unknown[] = [];
    for (const { keys, args } of calls) replies.push(await this.#run(sync, keys, args, signal));
    return readReplies(replies, request);
  }

  subscribe(pool: string, on: ChangeListener): Promise<() => Promise<void>> {
    return this.#feed.subscribe(new KeyNames(this.#prefix, pool).channel, {
      message(message) {
        const change = readChange(message);
        if (change) safely(() => on.change(change));
        else safely(() => on.gap());
      },
      live: () => safely(() => on.gap()),
    });
  }

  async lease(pool: string, name: string, ttlMs: number): Promise<Lease | null> {
    const names = new KeyNames(this.#prefix, pool);
    const key = names.lease(name);
    const token = randomUUID();
    const reply = await this.#commands.send(['SET', key, token, 'NX', 'PX', lifeOf(ttlMs)], key);
    if (reply === null || reply === undefined) return null;
    return {
      renew: async (renewedMs, note) => {
        const args = [token, lifeOf(renewedMs), String(noteKeptMs), ...(note === undefined ? [] : [note])];
        return Number(await this.#run(renew, [key, names.note(name)], args)) === 1;
      },
      release: async () => {
        // A lease that cannot be released expires.
        await this.#run(release, [key], [token]).catch(() => {});
      },
    };
  }

  async readNote(pool: string, name: string): Promise<string | undefined> {
    const key = new KeyNames(this.#prefix, pool).note(name);
    const reply = await this.#commands.send(['GET', key], key);
    return typeof reply === 'string' ? reply : undefined;
  }

  async close(): Promise<void> {
    this.#commands.close();
    this.#feed.close();
  }

  async #run(
    { sha, text }: Script,
    keys: readonly string[],
    args: readonly string[],
    signal?: AbortSignal,
  ): Promise<unknown> {
    const [key = ''] = keys;
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await this.#commands.send(['EVALSHA', sha, ...rest], key, signal);
    } catch (error) {
      if (!(error instanceof RedisError) || error.code !== 'NOSCRIPT') throw error;
    }
    return this.#commands.send(['EVAL', text, ...rest], key, signal);
  }
}

/** How long a lease is held, in whole ms. */
function lifeOf(ttlMs: number): string {
  return String(Math.max(1, Math.ceil(ttlMs)));
}

// A listener that throws must not end the feed or stop the other listeners.
function safely(run: () => void): void {
  try {
    run();
  } catch {
    // No call waits for the listener.
  }
}
