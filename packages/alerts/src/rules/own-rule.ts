import type { KeyManagerStatus } from '@api-key-fallback/core';
import { redactKeys, readField } from '@api-key-fallback/core/adapter';
import type { Severity } from '../model/alert.ts';
import { withDefaults, type Rule, type RuleOptions } from './rule.ts';

/** A rule of your own. */
export interface AlertRule extends RuleOptions {
  /** Its name, up to 64 characters, different from those of all other rules. */
  readonly name: string;
  /** @default 'warning' */
  readonly severity?: Severity;
  /** @default 0 */
  readonly forMs?: number;
  /**
   * Says what is wrong with a pool of keys, as a text for people; anything but a text means that nothing is. Runs often, so it should
   * only look at the status. An error is logged, and leaves the alert as it is.
   */
  readonly evaluate: (status: KeyManagerStatus) => string | false | undefined;
}

const longestMessage = 1000;

/** Makes a rule of one that the application has written. */
export function ownRule(rule: AlertRule): Rule {
  return {
    name: rule.name,
    ...withDefaults(rule, { severity: 'warning', forMs: 0 }),
    isMutedByOutage: false,
    evaluate(status, { counts }) {
      const said: unknown = rule.evaluate(status);
      if (typeof readField(said, 'then') === 'function') {
        Promise.resolve(said).catch(() => {});
        throw new TypeError('evaluate() must not be async');
      }
      if (typeof said !== 'string' || said === '') return [];
      return [{ ...counts.out, message: redactKeys(said).slice(0, longestMessage) }];
    },
  };
}
