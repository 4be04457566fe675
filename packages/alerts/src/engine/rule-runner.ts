import type { KeyManagerStatus } from '@api-key-fallback/core';
import { errorMessage } from '@api-key-fallback/core/adapter';
import type { Finding, Rule, RuleContext } from '../rules/rule.ts';

/** Runs the rules, which can be the application's own and throw. */
export class RuleRunner {
  readonly #warn: (text: string) => void;
  readonly #failing = new Set<Rule>();

  constructor(warn: (text: string) => void) {
    this.#warn = warn;
  }

  /** Returns what the rule finds; `undefined` if it throws, which is logged until it works again. */
  run(rule: Rule, status: KeyManagerStatus, context: RuleContext): readonly Finding[] | undefined {
    try {
      const findings = rule.evaluate(status, context);
      this.#failing.delete(rule);
      return findings;
    } catch (error) {
      if (!this.#failing.has(rule))
        this.#warn(`The rule "${rule.name}" throws, so its alerts stay as they are: ${errorMessage(error)}`);
      this.#failing.add(rule);
      return undefined;
    }
  }
}
