import { MemoryStore, type KeyStateStore } from '@api-key-fallback/core';
import type { AlertWatch, Notification, WatchKeysOptions } from '@api-key-fallback/alerts';
import { onTestFinished } from 'vitest';
import { Scene } from '../scene.ts';
import { StoreLink } from './store-link.ts';

/** What one process sends. */
export interface SharingProcess {
  readonly link: StoreLink;
  readonly watch: AlertWatch;
  readonly sent: Notification[];
}

/** Processes that watch the same keys through one store, with a rule that fires while `isBroken`. All on one clock. */
export class SharedProcesses {
  readonly scene = new Scene();
  readonly all: SharingProcess[] = [];
  store: Required<KeyStateStore> = this.newStore();
  isBroken = false;

  newStore(): MemoryStore {
    return new MemoryStore({ now: () => this.scene.clock.now() });
  }

  /** Starts a process. */
  start(options: Partial<WatchKeysOptions> = {}): SharingProcess {
    const link = new StoreLink(this.store);
    const sent: Notification[] = [];
    const manager = this.scene.manager(['one', 'two'], { store: link });
    const watch = this.scene.watch([manager], {
      channels: [(notification) => sent.push(notification)],
      rules: { 'store.away': false },
      extraRules: [{ name: 'broken', severity: 'critical', evaluate: () => this.isBroken && 'It is broken.' }],
      ...options,
    });
    onTestFinished(() => void (link.state = 'works'));
    const started = { link, watch, sent };
    this.all.push(started);
    return started;
  }

  /** The name of the lease of the processes with the same watch. */
  get leaseName(): string {
    return this.all[0]?.link.alertsLease ?? '';
  }

  async advance(ms: number): Promise<void> {
    await this.scene.clock.advance(ms);
  }

  /** The process that has sent something since the last `take()`. */
  get sender(): SharingProcess | undefined {
    return this.all.find(({ sent }) => sent.length > 0);
  }

  /** What was sent since the last time: for each process, the kinds of its messages. */
  take(): string[] {
    return this.all.map(({ sent }) =>
      sent
        .splice(0)
        .map(({ kind }) => kind)
        .join(' '),
    );
  }

  /** The same in any order, and without the processes that have sent nothing. */
  takeSorted(): string[] {
    return this.take().filter(Boolean).toSorted();
  }
}
