import type { KeyManagerOptions } from '@api-key-fallback/core';
import { RedisStore } from '@api-key-fallback/redis';
import type { TestContext } from 'vitest';
import { ScriptedManager } from './scripted-manager.ts';
import { storeClients } from './store-clients.ts';

/** Starts managers that alternate between both libraries. Each has its own connections, like a process of its own. */
export class Managers {
  readonly all: ScriptedManager[] = [];
  readonly #stores: RedisStore[] = [];

  constructor({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
    onTestFinished(() => this.end());
  }

  start(port: number, options: KeyManagerOptions = {}): ScriptedManager {
    const library = this.#stores.length % 2 === 0 ? 'ioredis' : 'node-redis';
    const store = new RedisStore(storeClients[library](port));
    const manager = new ScriptedManager({ store, ...options });
    this.#stores.push(store);
    this.all.push(manager);
    return manager;
  }

  /** Starts a new manager, and returns it when it has read the store. */
  async readerOf(port: number): Promise<ScriptedManager> {
    const reader = this.start(port);
    this.all.pop();
    await reader.manager.ready();
    await reader.manager.close();
    return reader;
  }

  startCalling(): void {
    for (const each of this.all) each.startCalling();
  }

  /** Stops all calls and closes the managers, which sends everything to the store. */
  async close(): Promise<void> {
    for (const each of this.all) each.stopCalling();
    await Promise.all(this.all.map(({ manager }) => manager.close()));
  }

  async end(): Promise<void> {
    await this.close();
    await Promise.all(this.#stores.map((store) => store.close()));
  }
}
