import type { KeyManagerStatus } from '@api-key-fallback/core';
import { errorMessage } from '@api-key-fallback/core/adapter';
import type { Finding, Rule, RuleContext } from '../rules/rule.ts';

/** Runs the rules, which can be the application's own and throw. */
export class RuleRunner {
  readonly #warn: (text: string) => void;
  /** The pools for which a rule throws, by rule and pool. */
  readonly #failing = new Map<string, Pick<KeyManagerStatus, 'provider' | 'pool'>>();

  constructor(warn: (text: string) => void) {
    this.#warn = warn;
  }

  /** Returns what the rule finds; `undefined` if it throws, which is logged once for a pool until it works again for that pool. */
  run(rule: Rule, status: KeyManagerStatus, context: RuleContext): readonly Finding[] | undefined {
    const { provider, pool } = status;
    const id = JSON.stringify([rule.name, provider, pool]);
    try {
      const findings = rule.evaluate(status, context);
      this.#failing.delete(id);
      return findings;
    } catch (error) {
      if (!this.#failing.has(id)) this.#warn(lineOf(rule, status, error));
      this.#failing.set(id, { provider, pool });
      return undefined;
    }
  }

  /** Forgets all pools but these. */
  keep(watched: ReadonlyMap<string, ReadonlySet<string>>): void {
    for (const [id, { provider, pool }] of this.#failing) {
      if (watched.get(provider)?.has(pool) !== true) this.#failing.delete(id);
    }
  }
}

function lineOf({ name }: Rule, { provider, pool }: KeyManagerStatus, error: unknown): string {
  const place = `the pool "${pool}" of ${provider}`;
  return `The rule "${name}" throws for ${place}, so its alerts stay as they are: ${errorMessage(error)}`;
}
