import { Option } from 'commander';

const off = new Set(['', '0', 'false', 'no', 'off']);

/**
 * An option with its environment variable: `--fail-on` has `API_KEY_FALLBACK_FAIL_ON`.
 *
 * @param variable Another variable, for an option of the library that has one already.
 */
export function option(flags: string, description: string, variable?: string): Option {
  const created = new Option(flags, description);
  const name = variable ?? `API_KEY_FALLBACK_${created.name().replaceAll('-', '_').toUpperCase()}`;
  const value = process.env[name];
  const isSwitch = !created.required && !created.optional;
  // Commander switches an option on if its variable is set to anything.
  if (value !== undefined && (isSwitch ? off.has(value.toLowerCase()) : value === '')) return created;
  return created.env(name);
}
