import type { RuleName, Severity } from '../model/alert.ts';
import { builtInNames, builtInRules } from './built-in-rules.ts';
import type { Rule } from './rule.ts';

/** A rule, with the values that are in use; those of a rule that is off are its defaults. */
export interface RuleStatus {
  readonly name: RuleName;
  readonly severity: Severity;
  /** How long it must be wrong before the alert fires, in ms. */
  readonly forMs: number;
  /** How long it must be fine before the alert is resolved, in ms. */
  readonly keepFiringMs: number;
  readonly isOn: boolean;
  /** Whether this package comes with it; `false` for a rule of your own. */
  readonly isBuiltIn: boolean;
  /** What else it can be changed by, for example `{ share: 0.9 }`; absent if there is nothing. */
  readonly options?: Readonly<Record<string, number>>;
}

/** Describes all built-in rules, and those of the application, given the rules that are on. */
export function describeRules(made: readonly Rule[]): readonly RuleStatus[] {
  const rest = new Map(made.map((rule) => [rule.name, rule]));
  const builtIn = builtInNames.map((name) => {
    const rule = rest.get(name);
    rest.delete(name);
    return statusOf(rule ?? builtInRules[name].create({}), rule !== undefined, true);
  });
  return [...builtIn, ...[...rest.values()].map((rule) => statusOf(rule, true, false))];
}

function statusOf(rule: Rule, isOn: boolean, isBuiltIn: boolean): RuleStatus {
  const { name, severity, forMs, keepFiringMs, options } = rule;
  return { name, severity, forMs, keepFiringMs, isOn, isBuiltIn, ...(options === undefined ? {} : { options }) };
}
