import { checkIsObject, shortened } from './check-arguments.ts';
import { InvalidOptionsError } from './errors.ts';

/** The names of all options of a call. */
export const retryOptionNames: ReadonlySet<string> = new Set([
  'provider',
  'pool',
  'inject',
  'maxRetries',
  'delay',
  'backoff',
  'maxDelay',
  'retryOn',
  'onExhausted',
  'maxWait',
  'attemptTimeout',
  'deadline',
  'idleTimeout',
  'idempotent',
  'signal',
  'operation',
  'cost',
  'key',
  'affinity',
  'classifyError',
  'classifyResult',
  'onFailedAttempt',
]);

/** The names of all options of a key manager. */
export const managerOptionNames: ReadonlySet<string> = new Set([
  'strategy',
  'pool',
  'fallbackTo',
  'limits',
  'groupLimits',
  'clientOptions',
  'retryBudget',
  'retryOn',
  'recheckInvalid',
  'latency',
  'store',
  'runtime',
  'tracer',
  'refresh',
  'logger',
  'logLevel',
  'locale',
  'directory',
  'environmentName',
]);

/** Options of the providers' clients that are often passed to the key manager. */
const clientOptionNames: ReadonlySet<string> = new Set([
  'baseURL',
  'baseUrl',
  'rootUrl',
  'organization',
  'project',
  'defaultHeaders',
  'defaultQuery',
  'fetch',
  'fetchOptions',
  'httpOptions',
  'timeout',
]);

/** The names that other libraries give our options. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ['attempts', 'maxRetries'],
  ['maxAttempts', 'maxRetries'],
  ['maxRetry', 'maxRetries'],
  ['retries', 'maxRetries'],
  ['retry', 'maxRetries'],
  ['minTimeout', 'delay'],
  ['wait', 'delay'],
  ['maxTimeout', 'maxDelay'],
  ['onRetry', 'onFailedAttempt'],
  ['timeout', 'attemptTimeout'],
  ['dir', 'directory'],
  ['path', 'directory'],
  ['manager', 'provider'],
]);

/** Says where an option belongs that is not known here; empty for an option that is not known anywhere. */
function placeOf(name: string): string {
  if (retryOptionNames.has(name)) return ' It is an option of a call: write it at the decorator or the call.';
  if (managerOptionNames.has(name))
    return ' It is an option of the key manager, for example new OpenAIKeyManager(keys, { strategy }).';
  if (clientOptionNames.has(name))
    return ` It is an option of the client: write clientOptions: { ${name} } in the options of the key manager.`;
  if (/^(?:api_?)?keys?$/i.test(name))
    return ' Keys go into the list of the key manager, for example new OpenAIKeyManager(keys).';
  if (name === 'env') return " For the keys of another variable write new OpenAIKeyManager(loadApiKeys('MY_KEY')).";
  return '';
}

function adviceOn(unknown: string, known: ReadonlySet<string>, prefix: string): string {
  // The option "key" of a call is close, but takes the name of a key.
  if (known.has('key') && /^api_?keys?$/i.test(unknown)) return placeOf(unknown);
  const synonym = synonyms.get(unknown);
  if (synonym !== undefined && known.has(synonym)) return ` Did you mean "${prefix}${synonym}"?`;
  return didYouMean(unknown, known, prefix) || placeOf(unknown);
}

/**
 * Refuses options that are not known. The message says which one was meant, or where it belongs.
 *
 * @param what What the options are called, `options` or the option that holds them.
 * @param instead An example of valid options, for a value that is not an object.
 * @throws InvalidOptionsError if `options` is not an object or has a name that is not known.
 * @example
 * checkOptionNames('options', options, new Set(['path', 'baseUrl']), "{ path: '/' }");
 */
export function checkOptionNames(what: string, options: unknown, known: ReadonlySet<string>, instead?: string): void {
  checkIsObject(what, options, instead);
  const unknown = Object.keys(options).find((name) => !known.has(name));
  if (unknown === undefined) return;
  const prefix = what === 'options' ? '' : `${what}.`;
  const name = shortened(prefix + unknown);
  throw new InvalidOptionsError(
    `Unknown option "${name}".${adviceOn(unknown, known, prefix)} Known: ${[...known].join(', ')}.`,
  );
}

/** Upper and lower case, and the characters between words, are what people confuse most. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** The number of characters to insert, remove, replace or swap with their neighbour. */
function distance(a: string, b: string): number {
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const steps = [(last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (isSame ? 0 : 1)];
      row.push(Math.min(...steps, isSwap ? (beforeLast[j - 2] ?? 0) + 1 : Infinity));
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}

/** Returns the known name that a wrong one was meant to be; `undefined` if none is close. */
export function closestName(wrong: string, known: Iterable<string>): string | undefined {
  // A longer text can be anything.
  const given = wrong.length > 40 ? '' : plain(wrong);
  if (given === '') return undefined;
  const ranked = [...known]
    .map((name) => ({ name, steps: distance(given, plain(name)) }))
    .toSorted((a, b) => a.steps - b.steps);
  const [best] = ranked;
  if (best && best.steps <= Math.floor(given.length / 3)) return best.name;
  return ranked.find(({ name }) => given.endsWith(plain(name)))?.name;
}

/** A sentence for the end of an error message; empty if no known name is close. */
export function didYouMean(wrong: unknown, known: Iterable<string>, prefix = ''): string {
  const closest = typeof wrong === 'string' ? closestName(wrong, known) : undefined;
  return closest === undefined ? '' : ` Did you mean "${prefix}${closest}"?`;
}
