import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { RequestedChild } from '../../../../test-support/requested-child.ts';
import type { KeyLimits } from '../../src/provider/key-limits.ts';
import type { KeyState } from '../../src/state/health-view.ts';
import type { ProcessRequests } from './scripted-process.ts';

/** Options of a scripted process. */
export interface ProcessOptions {
  /** The directory of its FileStore. Without one, API_KEY_STATE_DIR applies. */
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Drops root's rights, because root can write to read-only directories. */
  readonly isPowerless?: boolean;
  /** Those of each key. */
  readonly limits?: KeyLimits;
}

/** A child process with a key manager. It is killed at the end of the test. */
export class ScriptedProcess extends RequestedChild<ProcessRequests> {
  constructor(keys: readonly string[], options: ProcessOptions) {
    const { directory = '', environment = {}, isPowerless = false, limits } = options;
    const script = join(inject('childScripts'), 'scripted-process.mjs');
    super(
      script,
      [keys.join(','), directory, isPowerless ? 'powerless' : '', limits ? JSON.stringify(limits) : ''],
      environment,
    );
    onTestFinished(() => this.kill());
  }

  async states(): Promise<readonly KeyState[]> {
    return (await this.ask('keys')).map(({ state }) => state);
  }

  /** The successes of each key in all processes. */
  async sharedSuccesses(): Promise<readonly number[]> {
    return (await this.ask('keys')).map(({ sharedUsage }) => sharedUsage.successes);
  }
}
