import { InvalidOptionsError } from './errors.ts';

/** @throws InvalidOptionsError for anything but an object. The value is not shown, because it can be a key in the wrong place. */
export function checkIsObject(what: string, value: unknown): asserts value is object {
  if (typeof value === 'object' && value !== null) return;
  const found = value === null ? 'null' : `of type ${typeof value}`;
  throw new InvalidOptionsError(`"${what}" must be an object; it is ${found}.`);
}

/** Finds misspelt options. @throws InvalidOptionsError if `options` is not an object or has a name that is not known. */
export function checkOptionNames(what: string, options: unknown, known: ReadonlySet<string>): void {
  checkIsObject(what, options);
  const unknown = Object.keys(options).find((name) => !known.has(name));
  if (unknown === undefined) return;
  const name = what === 'options' ? unknown : `${what}.${unknown}`;
  throw new InvalidOptionsError(`Unknown option "${name}". Known: ${[...known].join(', ')}.`);
}

/** @throws InvalidOptionsError unless `fn` is a function other than a generator, without the option of generators. */
export function checkFunction(fn: unknown, { idleTimeout }: { readonly idleTimeout?: number | undefined }): void {
  if (typeof fn !== 'function') throw new InvalidOptionsError('Expected a function that receives the API key.');
  const kind = (fn as { [Symbol.toStringTag]?: string })[Symbol.toStringTag];
  if (kind === 'GeneratorFunction' || kind === 'AsyncGeneratorFunction') {
    throw new InvalidOptionsError(
      'Expected a function that returns a promise. For a generator function use wrapWithFallback(fn, options).',
    );
  }
  if (idleTimeout !== undefined) throw new InvalidOptionsError('"idleTimeout" applies to generator methods only.');
}
