import { errorMessage } from '@api-key-fallback/core/adapter';
import type { Sender, SentRecord } from './sender.ts';

/** What happens when this process begins and ends to send. */
interface LeadershipEvents {
  /** It sends from now on, after what was sent before. */
  readonly onGained: (records: readonly SentRecord[]) => void;
  /** Another process sends. */
  readonly onLost: () => void;
  readonly warn: (text: string) => void;
}

/** Follows whether this process sends for a group, and keeps what it has sent. */
export class Leadership {
  readonly #sender: Sender;
  readonly #events: LeadershipEvents;
  #state: 'follows' | 'loads' | 'leads' | 'closed' = 'follows';
  #saving: Promise<void> = Promise.resolve();
  #isFailing = false;

  constructor(sender: Sender, events: LeadershipEvents) {
    this.#sender = sender;
    this.#events = events;
  }

  /** Whether this process may send now. */
  check(): boolean {
    if (this.#state === 'closed') return false;
    if (!this.#sender.isLeader) {
      if (this.#state !== 'follows') this.#events.onLost();
      this.#state = 'follows';
    } else if (this.#state === 'follows') {
      this.#state = 'loads';
      void this.#load();
    }
    return this.#state === 'leads';
  }

  /** Keeps what was sent. `read` is called when its turn comes. */
  save(read: () => readonly SentRecord[]): void {
    this.#saving = this.#saving.then(() =>
      this.#try('kept', async () => {
        if (this.#state === 'leads') await this.#sender.save(read());
      }),
    );
  }

  /** Resolves when what was sent is kept, and another process can send. */
  async close(): Promise<void> {
    await this.#saving;
    this.#state = 'closed';
    await this.#try('closed', () => this.#sender.close());
  }

  async #load(): Promise<void> {
    let records: readonly SentRecord[] = [];
    await this.#try('read', async () => {
      records = await this.#sender.load();
    });
    if (this.#state !== 'loads') return;
    this.#state = 'leads';
    this.#events.onGained(records);
  }

  /** Goes on without the records of other processes: an alert that is sent twice is better than one that is not sent. */
  async #try(done: string, run: () => Promise<void>): Promise<void> {
    try {
      await run();
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing)
        this.#events.warn(`What was sent cannot be ${done}, so it can be sent twice: ${errorMessage(error)}`);
      this.#isFailing = true;
    }
  }
}
