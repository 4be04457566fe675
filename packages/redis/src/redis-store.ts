import { createHash, randomUUID } from 'node:crypto';
import { InvalidOptionsError } from '@api-key-fallback/core';
import type { ChangeListener, KeyStateStore, Lease, SyncReply, SyncRequest } from '@api-key-fallback/core/store';
import { ChangeFeed } from './change-feed.ts';
import { readChange } from './change-message.ts';
import { CommandLink } from './command-link.ts';
import { connectionsFrom } from './connections-from.ts';
import { KeyNames } from './key-names.ts';
import { RedisError } from './redis-error.ts';
import { readReply, syncCalls } from './sync-calls.ts';
import { releaseScript, syncScript } from './sync-script.ts';

/** Options of `RedisStore`. */
export interface RedisStoreOptions {
  /** What all its keys and channels begin with; not empty, without braces. @default 'akf' */
  readonly prefix?: string;
}

/** What every client of ioredis and of node-redis has; which one it is is found out at run time. */
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
const release = scriptOf(releaseScript);

function checkedPrefix(options: RedisStoreOptions): string {
  const known =
    typeof options === 'object' && options !== null && Object.keys(options).every((name) => name === 'prefix');
  if (!known) throw new InvalidOptionsError('The options of a RedisStore are an object with no option but "prefix".');
  const { prefix = 'akf' } = options;
  if (typeof prefix === 'string' && prefix !== '' && !/[{}]/.test(prefix)) return prefix;
  throw new InvalidOptionsError('The prefix of a RedisStore must be a text that is not empty and has no braces.');
}

/**
 * Keeps state in Redis or Valkey, shared by all processes that use the same server and prefix.
 *
 * The client (ioredis 5 or later, node-redis 5 or later; single server, Cluster or Sentinel) is only a template: the store
 * dials connections of its own when it is first used, and never closes the client.
 *
 * @throws InvalidOptionsError when the client is none, or the options cannot be used
 * @example
 * const store = new RedisStore(new Redis('redis://localhost:6379'));
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
    let reply: unknown;
    for (const { keys, args } of calls) reply = await this.#run(sync, keys, args, signal);
    return readReply(reply, request);
  }

  subscribe(pool: string, on: ChangeListener): Promise<() => Promise<void>> {
    return this.#feed.subscribe(new KeyNames(this.#prefix, pool).channel, {
      message(message) {
        const change = readChange(message);
        if (change) isolated(() => on.change(change));
        else isolated(() => on.gap());
      },
      live: () => isolated(() => on.gap()),
    });
  }

  async lease(pool: string, name: string, ttlMs: number): Promise<Lease | null> {
    const key = new KeyNames(this.#prefix, pool).lease(name);
    const token = randomUUID();
    const ttl = String(Math.max(1, Math.ceil(ttlMs)));
    const reply = await this.#commands.send(['SET', key, token, 'NX', 'PX', ttl], key);
    if (reply === null || reply === undefined) return null;
    return {
      release: async () => {
        // A lease that cannot be given back runs out.
        await this.#run(release, [key], [token]).catch(() => {});
      },
    };
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

// A fault of a listener must neither end the feed nor reach the others.
function isolated(run: () => void): void {
  try {
    run();
  } catch {
    // It has no call to answer for.
  }
}
