import { checkName } from '../base/check-arguments.ts';
import { checkOption, isAmount } from '../base/check-option.ts';
import { checkOptionNames } from '../base/check-option-names.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { util } from '../base/node-builtins.ts';
import { checkPoolName } from '../base/provider-name.ts';

/**
 * Names the key to which a call is pinned, by its label or `keyId`; `undefined` for any. `self` is the object that the method belongs to,
 * and `args` are the arguments without the key. Not async.
 *
 * The call rejects with an `InvalidOptionsError` for a key that is not in the list, and for a label that two keys have.
 *
 * @example
 * const key: KeyResolver = ({ args: [batch] }) => batch.keyId;
 */
export type KeyResolver = (call: { readonly self: any; readonly args: readonly any[] }) => string | undefined;

/**
 * Names the session of a call, which keeps its key; `undefined` for none. `self` is the object that the method belongs to, and `args`
 * are the arguments without the key. Not async.
 *
 * The call rejects with an `InvalidOptionsError` if it returns anything but 1 to 256 characters in one line.
 *
 * @example
 * const affinity: AffinityResolver = ({ args: [conversation] }) => conversation.id;
 */
export type AffinityResolver = (call: { readonly self: any; readonly args: readonly any[] }) => string | undefined;

/**
 * What an attempt reserves of configured limits. Each amount is a number from 0.
 *
 * @example
 * const cost: Cost = { tokens: 800 };
 */
export interface Cost {
  /** An estimate of its tokens, until its answers or `spent()` state the real number. @default 0 */
  readonly tokens?: number;
  /** Its quota units. @default the adapter's `unitsOf`, else 1 */
  readonly units?: number;
}

/**
 * Says what a call costs; `undefined` for one request. `self` is the object that the method belongs to, and `args` are the arguments
 * without the key. Not async.
 *
 * The call rejects with an `InvalidOptionsError` for an unknown amount, or one that is not a number from 0.
 *
 * @example
 * const cost: CostResolver = ({ args: [prompt] }) => ({ tokens: Math.ceil(prompt.length / 4) + 500 });
 */
export type CostResolver = (call: { readonly self: any; readonly args: readonly any[] }) => Cost | undefined;

/**
 * Names the pool of a call; `undefined` for the default pool. `self` is the object that the method belongs to, and `args` are the
 * arguments without the key. Not async.
 *
 * The call rejects with an `UnknownProviderError` if the pool does not exist, and with an `InvalidOptionsError` if the name is not
 * valid, for example `null`.
 *
 * @example
 * const byObject: PoolResolver = ({ self }) => self.tenant;
 * const byArgument: PoolResolver = ({ args: [tenant] }) => tenant;
 */
export type PoolResolver = (call: { readonly self: any; readonly args: readonly any[] }) => string | undefined;

/** The options that can depend on the arguments of a call. */
interface Resolvable {
  readonly cost: Cost | CostResolver | undefined;
  readonly key: string | KeyResolver | undefined;
  readonly affinity: string | AffinityResolver | undefined;
}

/** What they are for one call. */
interface Resolved {
  readonly cost: Cost | undefined;
  readonly key: string | undefined;
  readonly affinity: string | undefined;
}

const costNames = new Set(['tokens', 'units']);

/** What a function of these options needs, which it cannot wait for. */
const needed = { cost: 'what it needs', key: 'the label or "keyId"', affinity: 'the session', pool: 'the tenant' };

/** @throws InvalidOptionsError naming the amount, unless all are valid. */
export function checkCost(cost: Cost): void {
  checkOptionNames('cost', cost, costNames, '{ tokens: 500 }');
  for (const [name, amount] of Object.entries(cost) as [string, unknown][]) {
    checkOption(amount === undefined || isAmount(amount), `cost.${name}`, amount, 'a number from 0');
  }
}

/** Whether the options of a call depend on its arguments. */
export function hasResolvers({ cost, key, affinity }: Resolvable): boolean {
  return typeof cost === 'function' || typeof key === 'function' || typeof affinity === 'function';
}

/** What a call costs, the key to which it is pinned, and its session. @throws InvalidOptionsError for anything else than the functions may return */
export function resolvedFor({ cost, key, affinity }: Resolvable, self: unknown, args: readonly unknown[]): Resolved {
  const ofCall = typeof cost === 'function' ? notAsync('cost', cost({ self, args })) : cost;
  const named = typeof key === 'function' ? notAsync('key', key({ self, args })) : key;
  const session = typeof affinity === 'function' ? notAsync('affinity', affinity({ self, args })) : affinity;
  if (ofCall !== undefined) checkCost(ofCall);
  if (named !== undefined) checkName('label', named, 'What the function of "key" returns');
  if (session !== undefined) checkName('affinity', session, 'What the function of "affinity" returns');
  return { cost: ofCall, key: named, affinity: session };
}

/** Returns what a function has named as the pool of a call. @throws InvalidOptionsError for anything but a name or `undefined` */
export function namedPool(name: () => unknown): string | undefined {
  const pool = notAsync('pool', name());
  if (pool === undefined) return undefined;
  checkPoolName('What the function of "pool" returns', pool);
  return pool;
}

/** @throws InvalidOptionsError if the function of an option has returned a promise */
function notAsync<T>(option: keyof typeof needed, returned: T): T {
  if (!util.types.isPromise(returned)) return returned;
  throw new InvalidOptionsError(
    `The function of "${option}" must not be async: load ${needed[option]} before the call.`,
  );
}
