import { InvalidOptionsError } from '@api-key-fallback/core';
import { checkDuration, checkOption, checkOptionNames } from '@api-key-fallback/core/adapter';
import { severities } from '../model/severity.ts';
import { builtInNames, builtInRules, type BuiltInRules, type OptionKind } from './built-in-rules.ts';
import { ownRule, type AlertRule } from './own-rule.ts';
import type { Rule, RuleOptions } from './rule.ts';

const commonNames = ['severity', 'forMs', 'keepFiringMs'] as const;
const ownNames = new Set(['name', 'evaluate', ...commonNames]);
const longestWindowMs = 3_600_000;
const longestName = 64;

/**
 * Makes the rules that are on, of those built in and those of the application.
 *
 * @throws InvalidOptionsError naming the option and what to write, unless all are valid.
 */
export function makeRules(builtIn: BuiltInRules = {}, own: readonly AlertRule[] = []): readonly Rule[] {
  checkOptionNames('rules', builtIn, new Set(builtInNames), "{ 'last.key': false }");
  checkOption(Array.isArray(own), 'extraRules', own, 'a list of rules, for example [{ name, evaluate }]');
  for (const [index, rule] of own.entries()) checkOwnRule(`extraRules[${index}]`, rule);
  const names = [...builtInNames, ...own.map(({ name }) => name)];
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined)
    throw new InvalidOptionsError(`Two rules have the name "${twice}". Rename the one in "extraRules".`);
  return [...builtInNames.flatMap((name) => makeBuiltIn(name, builtIn[name])), ...own.map((rule) => ownRule(rule))];
}

function makeBuiltIn(name: keyof BuiltInRules, given: BuiltInRules[keyof BuiltInRules]): Rule | [] {
  const { isOn, options: kinds, create } = builtInRules[name];
  if (given === undefined || typeof given === 'boolean') return (given ?? isOn) ? create({}) : [];
  const path = `rules['${name}']`;
  checkOptionNames(path, given, new Set([...commonNames, ...Object.keys(kinds)]), 'true, false or an object');
  checkCommon(path, given);
  const values: Readonly<Record<string, unknown>> = { ...given };
  for (const [option, kind] of Object.entries(kinds)) {
    if (values[option] !== undefined) checkKind(`${path}.${option}`, values[option], kind);
  }
  return create(given);
}

function checkOwnRule(path: string, rule: AlertRule): void {
  checkOptionNames(path, rule, ownNames, '{ name, evaluate }');
  const { name } = rule;
  const isName = typeof name === 'string' && /^\S{1,64}$/.test(name);
  checkOption(isName, `${path}.name`, name, `a name of 1 to ${longestName} characters without white space`);
  checkOption(
    typeof rule.evaluate === 'function',
    `${path}.evaluate`,
    rule.evaluate,
    'a function: (status) => text or undefined',
  );
  checkCommon(path, rule);
}

function checkCommon(path: string, { severity, forMs, keepFiringMs }: RuleOptions): void {
  const isSeverity = severity === undefined || severities.includes(severity);
  checkOption(isSeverity, `${path}.severity`, severity, `one of ${severities.join(', ')}`);
  for (const [name, value] of Object.entries({ forMs, keepFiringMs })) {
    if (value !== undefined) checkDuration(`${path}.${name}`, value);
  }
}

function checkKind(path: string, value: unknown, kind: OptionKind): void {
  const amount = typeof value === 'number' ? value : Number.NaN;
  switch (kind) {
    case 'share':
      return checkOption(amount > 0 && amount <= 1, path, value, 'a number above 0, up to 1');
    case 'count':
      return checkOption(Number.isInteger(amount) && amount >= 1, path, value, 'a whole number from 1');
    case 'window':
      checkOption(
        amount > 0 && amount <= longestWindowMs,
        path,
        value,
        `a time in ms above 0, up to ${longestWindowMs}`,
      );
      return;
    case 'duration':
      return checkDuration(path, value);
  }
}
