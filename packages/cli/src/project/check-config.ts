import { readField } from '@api-key-fallback/core/adapter';
import { formats } from '../output/format.ts';
import { locales } from '../settings.ts';
import { shownName } from '../shown-name.ts';
import type { ProjectTexts } from '../texts/english/project.ts';
import { UsageError } from '../usage-error.ts';
import type { Config } from './config.ts';

const isList = (value: unknown): boolean => Array.isArray(value);
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !isList(value);

/** Whether the value of a field can be used, as far as this can be told without the package that uses it. */
const fields: Readonly<Record<keyof Config, (value: unknown) => boolean>> = {
  managers: (value) => typeof value === 'function' || areManagers(value),
  store: isObject,
  providers: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
  channels: isList,
  dashboard: isObject,
  locale: (value) => locales.some((locale) => locale === value),
  format: (value) => formats.some((format) => format === value),
};

/**
 * Returns the default export of a configuration file.
 *
 * @throws UsageError if it is not an object, or has an unknown field or a value of the wrong kind.
 */
export function checkConfig(config: unknown, file: string, texts: ProjectTexts): Config {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw new UsageError(texts.configIsNoObject(file));
  }
  for (const [name, value] of Object.entries(config)) {
    if (!isField(name)) {
      throw new UsageError(texts.unknownConfigField(file, shownName(name), Object.keys(fields).join(', ')));
    }
    if (value !== undefined && !fields[name](value)) throw new UsageError(texts.wrongConfigField(file, name));
  }
  return config;
}

/** Whether a value is a list of key managers, also of another copy of core. */
export function areManagers(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof readField(each, 'checkKeys') === 'function');
}

function isField(name: string): name is keyof Config {
  return Object.hasOwn(fields, name);
}
