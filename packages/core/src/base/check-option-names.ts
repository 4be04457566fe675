import { InvalidOptionsError } from './errors.ts';

/** Finds misspelt options. @throws InvalidOptionsError if `options` is not an object or has a name that is not known. */
export function checkOptionNames(what: string, options: unknown, known: ReadonlySet<string>): void {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidOptionsError(`"${what}" must be an object; it is ${JSON.stringify(options)}.`);
  }
  const unknown = Object.keys(options).find((name) => !known.has(name));
  if (unknown === undefined) return;
  const name = what === 'options' ? unknown : `${what}.${unknown}`;
  throw new InvalidOptionsError(`Unknown option "${name}". Known: ${[...known].join(', ')}.`);
}
