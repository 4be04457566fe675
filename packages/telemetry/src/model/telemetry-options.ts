import { InvalidOptionsError, type ApiKeyManager } from '@api-key-fallback/core';
import { readField } from '@api-key-fallback/core/adapter';
import { keyLabels, type KeyLabel } from './series-names.ts';

/** Options that both entries have. */
export interface TelemetryOptions {
  /**
   * The key managers to watch. Attempts that end on a manager of the registry after it has left are not counted.
   * @default all of `registry`, those that are registered later included
   */
  readonly managers?: readonly ApiKeyManager[];
  /**
   * The value of the label `key`: the key's `label`, its position in the list (`ordinal`), its fingerprint (`id`), or `none` for no
   * label. Beyond 100 keys of a provider, the others are "other". @default 'label'
   */
  readonly keyLabel?: KeyLabel;
  /** The upper bounds of the buckets of `call.duration` in seconds, in ascending order. @default 0.01 to 81.92, doubling */
  readonly durationBuckets?: readonly number[];
  /** Whether answers are read for the tokens that they state. @default true */
  readonly tokens?: boolean;
}

export const telemetryOptionNames = ['managers', 'keyLabel', 'durationBuckets', 'tokens'] as const;

/** @throws InvalidOptionsError naming the option and what to write, unless all are valid. */
export function checkTelemetryOptions({ managers, keyLabel, durationBuckets, tokens }: TelemetryOptions): void {
  const areManagers = Array.isArray(managers) && managers.every((manager) => isManager(manager));
  check(managers === undefined || areManagers, 'managers', 'a list of key managers, for example [manager]');
  check(keyLabel === undefined || keyLabels.includes(keyLabel), 'keyLabel', `one of ${keyLabels.join(', ')}`);
  const areBuckets = Array.isArray(durationBuckets) && durationBuckets.length > 0 && isAscending(durationBuckets);
  const buckets = 'a list of seconds above 0 in ascending order, for example [0.1, 1, 10]';
  check(durationBuckets === undefined || areBuckets, 'durationBuckets', buckets);
  check(tokens === undefined || typeof tokens === 'boolean', 'tokens', 'true or false');
}

function check(isValid: boolean, name: string, expected: string): void {
  if (!isValid) throw new InvalidOptionsError(`"${name}" must be ${expected}.`);
}

/** Not by its class, because another copy of core may have made it. */
function isManager(value: unknown): boolean {
  return ['status', 'on', 'trace'].every((method) => typeof readField(value, method) === 'function');
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => Number.isFinite(number) && number > (numbers[index - 1] ?? 0));
}
