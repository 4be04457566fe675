import { findAttempt, runInAttempt, type Attempt } from '../base/attempt.ts';
import { shortened } from '../base/check-arguments.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import type { ProviderName } from '../base/provider-name.ts';
import { classifyingResults } from '../call/call-hooks.ts';
import { CallPlan } from '../call/call-plan.ts';
import { checkRetryOptions, type FallbackSettings } from '../call/fallback-settings.ts';
import type { Inject, RetryOptions } from '../call/retry-options.ts';
import { hasResolvers, namedPool, resolvedFor, type PoolResolver } from '../call/resolvers.ts';
import { runCall } from '../call/run-call.ts';
import type { Invoke } from '../call/running-attempt.ts';
import { StreamWithFallback } from '../call/stream-with-fallback.ts';
import { callDetached, withoutObject } from '../managers/explain-detached.ts';
import { registry } from '../managers/registry.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import { looksReal } from '../pool/check-api-keys.ts';
import { poolOf } from '../pool/pool-of.ts';
import { findInPools } from '../pool/twin-pools.ts';
import { CallerArguments } from './caller-arguments.ts';
import { INJECTED } from './inject-keys.ts';
import { defaultsOf } from './use-api-key-fallback.ts';

export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** The options of one decorated method: as passed, and checked with the defaults filled in. */
export interface Decoration {
  readonly options: RetryOptions;
  readonly settings: FallbackSettings;
  readonly name: string;
  /** Whether it decorates a method of a class; `wrapWithFallback` takes functions. */
  readonly isMethod?: boolean;
}

/** Returns the name of a method for messages and warnings. Code can give a function any name, of any type. */
export function shownName(name: unknown): string {
  return (typeof name === 'string' || typeof name === 'symbol') && name !== '' ? shortened(String(name)) : 'function';
}

/** The error of a method whose provider neither its decorator nor its class names. */
export function noProvider(name: string): InvalidOptionsError {
  return new InvalidOptionsError(
    `${name}() has no provider. Pass { provider } to its decorator, or put @useApiKeyFallback on its class.`,
  );
}

type Stream = AsyncGenerator<unknown, unknown, unknown>;

/** Returns the function that replaces the method. Callers leave the first argument out; each attempt injects it. */
export function createDecoratedMethod(method: Method, decoration: Decoration): Method {
  const { name } = decoration;
  const functionKind = Object.prototype.toString.call(method);
  const isStream = functionKind === '[object AsyncGeneratorFunction]';
  const isAsync = functionKind === '[object AsyncFunction]';
  if (functionKind === '[object GeneratorFunction]') {
    throw new TypeError(`${name}() must be async: "async *${name}".`);
  }
  if (!isStream && decoration.options.idleTimeout !== undefined) {
    throw new InvalidOptionsError(`${name}(): "idleTimeout" applies to generator methods only.`);
  }
  if (isStream && decoration.options.classifyResult !== undefined) {
    throw new InvalidOptionsError(`${name}(): "classifyResult" does not apply to generator methods; throw instead.`);
  }
  const resolveOptions = createOptionsResolver(decoration);
  const callerArguments = new CallerArguments(method, name);
  if (decoration.isMethod) callerArguments.warnIfWithoutKey();

  function runMethod(self: unknown, args: unknown[]): unknown {
    const isDetached = self === undefined && callerArguments.readsThis;
    const result = isDetached ? callDetached(method, name, args) : method.apply(self, args);
    return isStream || isAsync ? result : assertNotStream(result, name);
  }

  function joinAttempt(attempt: Attempt, self: unknown, args: unknown[]): unknown {
    const result = runInAttempt(attempt, runMethod, self, args);
    return isStream ? result : Promise.resolve(result);
  }

  function startLoop(plan: CallPlan, invoke: Invoke<unknown>): unknown {
    if (isStream) return new StreamWithFallback(plan, invoke as Invoke<Stream>);
    return runCall(plan, plan.settings.classifyResult ? classifyingResults(invoke) : invoke);
  }

  function joinOrStartLoop(self: unknown, args: unknown[]): unknown {
    const resolved = resolveOptions(self);
    const { provider, settings } = resolved;
    const pool = poolOf(registry.get(provider, poolOfCall(resolved, self, args)));
    const firstArg = args[0];
    if (args.includes(INJECTED, 1)) {
      throw new TypeError(`${name}(): INJECTED is allowed only as the first argument.`);
    }
    const outerAttempt = findAttempt(provider, pool.origin.pool);
    if (outerAttempt && isInjectedValueOf(outerAttempt, firstArg, pool, settings.inject)) {
      return joinAttempt(outerAttempt, self, args);
    }
    if (pool.owns(firstArg)) throw unexpectedKey(name, `a key or client of "${provider}"`);
    if (isOfOtherPool(provider, firstArg))
      throw unexpectedKey(name, `a key or client of another pool of "${provider}"`);
    if (isKeyOf(pool, firstArg)) throw unexpectedKey(name, `what looks like a key of "${provider}"`);
    const callerArgs = callerArguments.read(args);
    const callerSignal = findSignal(callerArgs);
    if (!callerSignal) callerArguments.warnIfUnread(callerArgs);
    const plan = planOf(resolved, pool, callerSignal);
    const ofCall = hasResolvers(settings) ? plan.with(resolvedFor(settings, self, callerArgs)) : plan;
    return startLoop(ofCall, ({ injected }) => runMethod(self, [injected, ...callerArgs]));
  }

  function poolOfCall({ provider, pool }: ResolvedOptions, self: unknown, args: unknown[]): string | undefined {
    if (typeof pool !== 'function') return pool;
    const attempt = findAttempt(provider);
    const hasKey = attempt !== undefined && isInjected(attempt, args[0]);
    const own = hasKey ? args.slice(1) : callerArguments.read(args);
    try {
      return namedPool(() => pool({ self, args: own }));
    } catch (error) {
      throw self === undefined && error instanceof TypeError ? withoutObject('service', name, error) : error;
    }
  }

  function decorated(this: unknown, ...args: unknown[]): unknown {
    try {
      return joinOrStartLoop(this, args);
    } catch (error) {
      // Misuse rejects like every other failure, so that callers need one catch.
      return isStream ? failedStream(error) : Promise.reject(error as Error);
    }
  }
  // Other decorators and frameworks recognise generator methods by their prototype.
  Object.setPrototypeOf(decorated, Object.getPrototypeOf(method) as object);
  Object.defineProperty(decorated, 'name', { value: method.name, configurable: true });
  Object.defineProperty(decorated, 'length', { value: Math.max(0, method.length - 1), configurable: true });
  return decorated;
}

interface ResolvedOptions {
  readonly provider: ProviderName;
  readonly pool: string | PoolResolver | undefined;
  readonly settings: FallbackSettings;
  /** Reused by all calls of a pool without a signal of their own. */
  readonly plans: WeakMap<KeyPool, CallPlan>;
}

function planOf({ plans, settings }: ResolvedOptions, pool: KeyPool, callerSignal: AbortSignal | undefined): CallPlan {
  const plan = plans.get(pool) ?? new CallPlan(pool, settings);
  plans.set(pool, plan);
  if (!callerSignal) return plan;
  const { signal } = settings;
  return plan.with({ signal: signal ? AbortSignal.any([signal, callerSignal]) : callerSignal });
}

/** Merges a method's own options over the defaults of its class. Each combination is checked once. */
function createOptionsResolver({ options, settings, name }: Decoration): (self: unknown) => ResolvedOptions {
  const byClassDefaults = new WeakMap<object, ResolvedOptions>();
  const withProvider = ({ provider, pool }: RetryOptions, checked: FallbackSettings): ResolvedOptions => {
    if (provider === undefined) throw noProvider(name);
    return { provider, pool, settings: { ...checked, methodName: name }, plans: new WeakMap() };
  };
  const ownOptions = options.provider === undefined ? undefined : withProvider(options, settings);
  return (self) => {
    const classDefaults = defaultsOf(self);
    if (!classDefaults) return ownOptions ?? withProvider(options, settings);
    let merged = byClassDefaults.get(classDefaults);
    if (!merged) {
      // A missing tenant must not stand for the default pool.
      const mergedOptions = { ...classDefaults, ...options, ...poolOption(options.pool ?? classDefaults.pool) };
      merged = withProvider(mergedOptions, checkRetryOptions(mergedOptions));
      byClassDefaults.set(classDefaults, merged);
    }
    return merged;
  };
}

/** Whether the caller passes the key or client of its own attempt. The method then joins that attempt without a new loop. */
function isInjectedValueOf(attempt: Attempt, firstArg: unknown, pool: KeyPool, inject: Inject): boolean {
  if (firstArg === undefined) return false;
  if (inject === 'key') return firstArg === attempt.apiKey;
  const isClientInjected = attempt.injected !== attempt.apiKey;
  return firstArg === (isClientInjected ? attempt.injected : existingClient(pool, attempt.apiKey));
}

function poolOption(pool: RetryOptions['pool']): Pick<RetryOptions, 'pool'> {
  return pool === undefined ? {} : { pool };
}

function isInjected(attempt: Attempt, value: unknown): boolean {
  return value !== undefined && (value === attempt.apiKey || value === attempt.injected);
}

/** Whether a value is a key of any pool of the provider, or what an attempt of another pool has injected. */
function isOfOtherPool(provider: string, value: unknown): boolean {
  const attempt = findAttempt(provider);
  if (attempt && isInjected(attempt, value)) return true;
  return typeof value === 'string' && findInPools(provider, value).length > 0;
}

function existingClient(pool: KeyPool, apiKey: string): unknown {
  const key = pool.find(apiKey);
  return key && pool.clients.ready(key);
}

/** Whether the whole text looks like a key of the provider. A prompt can contain one. */
function isKeyOf({ adapter: { definition } }: KeyPool, value: unknown): boolean {
  if (definition.keyPattern === undefined || typeof value !== 'string') return false;
  const text = value.trim().replace(/^bearer\s+/i, '');
  return !/\s/.test(text) && looksReal(text, definition.keyPattern);
}

function unexpectedKey(name: string, what: string): TypeError {
  return new TypeError(
    `${name}() received ${what} as its first argument, but the decorator injects the key. Omit it or pass INJECTED; ` +
      'injectKeys(service) has the types of such calls.',
  );
}

/** Finds the caller's signal: the last argument itself, or its `signal` field. */
function findSignal(args: readonly unknown[]): AbortSignal | undefined {
  const last = args.at(-1);
  if (typeof last !== 'object' || last === null) return undefined;
  const signal = last instanceof AbortSignal ? last : (last as { signal?: unknown }).signal;
  return signal instanceof AbortSignal ? signal : undefined;
}

async function* failedStream(error: unknown): AsyncGenerator {
  yield Promise.reject(error);
}

/** Throws if a plain method returns a stream: its callers already hold a promise, which cannot become a stream. */
function assertNotStream(result: unknown, name: string): unknown {
  if (typeof result !== 'object' || result === null || 'then' in result || !(Symbol.asyncIterator in result))
    return result;
  throw new TypeError(
    `${name}() returns a stream: write "async *${name}", or "async ${name}" for a promise of a stream.`,
  );
}
