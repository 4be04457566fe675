import { warnOnce } from '../events/dev-warnings.ts';
import { INJECTED } from './inject-keys.ts';

type AnyFunction = (...args: never) => unknown;

// Not a field of that name, which the tool calls of models have.
const readsArguments = /(?<![\w$#]|(?<!\.\.)\.)arguments\b(?!\s*:)/;

const textsAndComments = /\/\*[^]*?\*\/|\/\/.*|(["'`])(?:\\[^]|(?!\1)[^\\])*\1/g;

/** The source of a function without texts and comments. */
function codeOf(fn: AnyFunction): string {
  return Function.prototype.toString.call(fn).replaceAll(textsAndComments, '""');
}

/**
 * Counts the parameters of a function with those that have a default, which its `length` leaves out; `Infinity` if it takes the rest.
 * Returns `undefined` if its source does not show them: a native function, a wrapper, or one that reads `arguments`.
 */
function countParameters(fn: AnyFunction): number | undefined {
  const code = codeOf(fn);
  if (/^class\b|\[native code\]/.test(code) || readsArguments.test(code)) return undefined;
  if (/^(?:async\s+)?[\w$]+\s*=>/.test(code)) return 1;
  const parameters = parametersIn(code);
  if (parameters === undefined || parameters.length < fn.length || parameters[0]?.startsWith('...')) return undefined;
  return parameters.at(-1)?.startsWith('...') ? Infinity : parameters.length;
}

function parametersIn(code: string): readonly string[] | undefined {
  const parameters = [''];
  let depth = 0;
  let isOpen = false;
  for (const char of code) {
    if (isOpen && depth === 1 && char === ',') parameters.push('');
    else if (isOpen && depth > 0) parameters[parameters.length - 1] += char.trim();
    if (')]}'.includes(char)) depth--;
    // The last one is the bracket itself, or what a comma at the end leaves.
    if (isOpen && depth === 0) return parameters.map((text) => text.replace(/\)$/, '')).filter((text) => text !== '');
    // A name can be computed: async [name()](apiKey).
    if (char === '(' && depth === 0) isOpen = true;
    if ('([{'.includes(char)) depth++;
  }
  return undefined;
}

/** Reads what the caller of a decorated method passes besides the injected argument. */
export class CallerArguments {
  readonly #method: AnyFunction;
  readonly #name: string;
  #count: number | undefined | 'unread' = 'unread';
  #readsThis: boolean | undefined;

  constructor(method: AnyFunction, name: string) {
    this.#method = method;
    this.#name = name;
  }

  /**
   * Returns the arguments without the placeholder of the key: `INJECTED`, or `undefined` as the first of as many arguments as the
   * method declares, with which frameworks call that pass arguments by position. Fewer arguments are the caller's own, and the
   * first one can be `undefined`.
   *
   * @throws TypeError for `undefined` as the first of more arguments than the method declares.
   */
  read(args: readonly unknown[]): readonly unknown[] {
    if (args[0] === INJECTED) return args.slice(1);
    if (args[0] !== undefined || args.length === 0 || args.length < this.#method.length) return args;
    const declared = this.#declared();
    if ((declared === undefined || declared === Infinity) && args.length > 1) this.#warnOfPosition();
    if (declared === undefined || args.length < declared) return args;
    if (args.length === declared) return args.slice(1);
    throw new TypeError(
      `${this.#name}() was called with undefined as the first of ${args.length} arguments, but declares ${declared} with the ` +
        'key. Omit the key, or pass INJECTED in its place.',
    );
  }

  /** Whether the method seems to use its object. */
  get readsThis(): boolean {
    return (this.#readsThis ??= codeOf(this.#method).includes('this.'));
  }

  /** Warns of a method whose only parameter receives the key, although callers pass an argument: the key would be sent as a prompt. */
  warnIfUnread(own: readonly unknown[]): void {
    // A framework passes several objects, such as the request and the response, to a handler that needs none of them.
    const isMeant = own.length === 1 || typeof own[0] === 'string';
    if (!isMeant || this.#method.length > 1 || this.#declared() !== 1) return;
    this.#warn(
      'its only parameter receives the key, so the argument of the caller is lost. Add a parameter for the key: (apiKey, prompt).',
    );
  }

  /** Warns of a method that cannot receive the key. */
  warnIfWithoutKey(): void {
    if (this.#method.length > 0 || this.#declared() !== 0) return;
    this.#warn(
      'it has no parameter, so it cannot use the key. Write the key first: (apiKey), or (_apiKey) for a keyed fetch.',
    );
  }

  #declared(): number | undefined {
    if (this.#count === 'unread') this.#count = countParameters(this.#method);
    return this.#count;
  }

  #warn(text: string): void {
    warnOnce('AKF_NO_KEY_PARAMETER', `${this.#name}()`, text);
  }

  #warnOfPosition(): void {
    warnOnce(
      'AKF_UNDEFINED_FIRST',
      `${this.#name}()`,
      'the key was put before the first argument, which is undefined. If the caller passes arguments by position, call the method ' +
        'with INJECTED in the place of the key.',
    );
  }
}
