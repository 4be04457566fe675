import type { Collector } from '../collect/collector.ts';
import type { WatchedAlerts } from '../pages/watched-alerts.ts';
import { keyActions, type ActionResult } from '../protocol/actions.ts';
import { defined } from '../protocol/defined.ts';
import { notFound } from './problem-error.ts';
import { runKeyAction } from './run-key-action.ts';

export interface OperationsOptions {
  readonly collector: Collector;
  readonly alerts: WatchedAlerts | undefined;
}

/** Names in the path of an action. */
export type KeyActionPath = Readonly<Partial<Record<'provider' | 'pool' | 'keyId' | 'action', string>>>;

/** What operators can do. */
export class Operations {
  readonly #options: OperationsOptions;

  constructor(options: OperationsOptions) {
    this.#options = options;
  }

  /** @throws ProblemError if there is no such action, pool or key. */
  async actOnKey(path: KeyActionPath, actor: string): Promise<ActionResult> {
    const action = keyActions.find((name) => name === path.action);
    const { provider = '', pool = '', keyId } = path;
    const manager = this.#options.collector.managerOf(provider, pool);
    if (!action) throw notFound(`There is no such action. Use one of ${keyActions.join(', ')}.`);
    if (!manager) throw notFound('There is no such pool of keys.');
    if (keyId === undefined || !manager.status().keys.some((key) => key.keyId === keyId)) {
      throw notFound('The pool has no such key.');
    }
    return runKeyAction(action, { manager, keyId, actor });
  }

  /** @throws ProblemError if there is no such channel. */
  async testChannel(channel: string, actor: string): Promise<ActionResult> {
    const { alerts, collector } = this.#options;
    const isKnown = alerts?.channels().some((each) => each.channel === channel);
    if (!alerts || !isKnown) throw notFound('There is no such channel.');
    const results = await alerts.test(channel);
    const error = results.find(({ isDelivered }) => !isDelivered)?.error;
    const isDelivered = results.every((result) => result.isDelivered);
    collector.feed.add('alert.tested', { channel, outcome: isDelivered ? 'delivered' : 'failed', actor });
    return { action: 'test-channel', isDelivered, ...defined({ error }) };
  }
}
