import { InvalidOptionsError } from '@api-key-fallback/core';
import { checkOption, checkOptionNames, redactKeys } from '@api-key-fallback/core/adapter';
import type { Severity } from '../model/alert.ts';
import type { Channel } from '../model/channel.ts';
import { severities } from '../model/severity.ts';

/** Options of every channel. */
export interface ChannelOptions {
  /** The name of the channel in log lines and results of tests. @default the kind of the channel, for example `slack` */
  readonly name?: string;
  /** Notifications that matter less are not sent through it. @default 'info' */
  readonly minSeverity?: Severity;
}

const longestName = 64;

/** @throws InvalidOptionsError naming the option and what to write, unless all are valid. */
export function checkChannelOptions(options: ChannelOptions, ownNames: readonly string[] = []): void {
  checkOptionNames('options', options, new Set(['name', 'minSeverity', ...ownNames]), "{ minSeverity: 'warning' }");
  const { name, minSeverity } = options;
  if (name !== undefined) checkName('name', name);
  checkMinSeverity('minSeverity', minSeverity);
}

/**
 * @throws InvalidOptionsError unless log lines can show this name, and addresses contain it. The message does not show it: a URL in
 * its place is a secret.
 */
export function checkName(what: string, name: unknown): void {
  if (isName(name)) return;
  throw new InvalidOptionsError(
    `"${what}" must be a text of 1 to ${longestName} characters in one line, without a URL or a key, and not only dots.`,
  );
}

/** @throws InvalidOptionsError unless it is a severity, or not given. */
export function checkMinSeverity(what: string, minSeverity: unknown): void {
  const isSeverity = minSeverity === undefined || severities.some((severity) => severity === minSeverity);
  checkOption(isSeverity, what, minSeverity, `one of ${severities.join(', ')}`);
}

function isName(name: unknown): boolean {
  if (typeof name !== 'string' || name.length > longestName || redactKeys(name) !== name) return false;
  return /^(?!.*:\/\/)(?!\.+$)\P{C}*\S\P{C}*$/u.test(name);
}

/** Makes a channel. What it must not show, such as its URL, is only in the scope of `send`. */
export function makeChannel(
  kind: string,
  { name = kind, minSeverity }: ChannelOptions,
  send: Channel['send'],
): Channel {
  return { name, ...(minSeverity === undefined ? {} : { minSeverity }), send };
}
