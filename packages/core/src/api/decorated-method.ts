import { findAttempt, runInAttempt, type Attempt } from '../base/attempt.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import type { ProviderName } from '../base/provider-name.ts';
import { CallPlan } from '../call/call-plan.ts';
import { checkRetryOptions, type FallbackSettings, type Inject, type RetryOptions } from '../call/retry-options.ts';
import { runCall, type Invoke } from '../call/run-call.ts';
import { StreamWithFallback } from '../call/stream-with-fallback.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import { poolOf } from '../pool/pool-of.ts';
import { INJECTED } from './inject-keys.ts';
import { registry } from './registry.ts';
import { defaultsOf } from './use-api-key-fallback.ts';

export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** A method's options as given, and checked with the defaults filled in. */
export interface Decoration {
  readonly options: RetryOptions;
  readonly settings: FallbackSettings;
  readonly name: string;
}

type Stream = AsyncGenerator<unknown, unknown, unknown>;

/** The function that callers reach: without the first parameter, which each attempt gets anew. */
export function injectingMethod(method: Method, decoration: Decoration): Method {
  const { name } = decoration;
  const kind = Object.prototype.toString.call(method);
  const isStream = kind === '[object AsyncGeneratorFunction]';
  const isAsync = kind === '[object AsyncFunction]';
  if (kind === '[object GeneratorFunction]') throw new TypeError(`${name}() must be async: "async *${name}".`);
  if (!isStream && decoration.options.idleTimeout !== undefined) {
    throw new InvalidOptionsError(`${name}(): "idleTimeout" works for generator methods only.`);
  }
  const resolve = resolver(decoration);

  function runMethod(self: unknown, args: unknown[]): unknown {
    const result = method.apply(self, args);
    return isStream || isAsync ? result : checkResult(result, name);
  }

  function start(self: unknown, args: unknown[]): unknown {
    const resolved = resolve(self);
    const { provider, settings } = resolved;
    const pool = poolOf(registry.get(provider));
    if (args.includes(INJECTED, 1)) {
      throw new TypeError(`${name}(): INJECTED can only stand for the first argument.`);
    }
    const running = findAttempt(provider);
    if (running && isPassedOn(args[0], running, pool, settings.inject)) {
      const result = runInAttempt(running, runMethod, self, args);
      return isStream ? result : Promise.resolve(result);
    }
    if (pool.owns(args[0])) throw misplaced(name, provider);
    const rest = args[0] === INJECTED ? args.slice(1) : args;
    const signal = signalIn(rest);
    const plan = signal ? new CallPlan(pool, withSignal(settings, signal)) : planOf(resolved, pool);
    return call(plan, ({ injected }) => runMethod(self, [injected, ...rest]));
  }

  function call(plan: CallPlan, invoke: Invoke<unknown>): unknown {
    return isStream ? new StreamWithFallback(plan, invoke as Invoke<Stream>) : runCall(plan, invoke);
  }

  function wrapper(this: unknown, ...args: unknown[]): unknown {
    try {
      return start(this, args);
    } catch (error) {
      // Misuse rejects like any other failure of the call, so that one catch sees it.
      return isStream ? failing(error) : Promise.reject(error as Error);
    }
  }
  // Other decorators and frameworks tell generator methods by the kind of function.
  Object.setPrototypeOf(wrapper, Object.getPrototypeOf(method) as object);
  Object.defineProperty(wrapper, 'name', { value: method.name, configurable: true });
  Object.defineProperty(wrapper, 'length', { value: Math.max(0, method.length - 1), configurable: true });
  return wrapper;
}

interface Resolved {
  readonly provider: ProviderName;
  readonly settings: FallbackSettings;
  /** That of the calls so far; another one is made when the provider gets another manager. */
  plan?: CallPlan;
}

function planOf(resolved: Resolved, pool: KeyPool): CallPlan {
  if (resolved.plan?.pool !== pool) resolved.plan = new CallPlan(pool, resolved.settings);
  return resolved.plan;
}

/** Finds a call's options: the method's own over those of its class, checked once for each class. */
function resolver({ options, settings, name }: Decoration): (self: unknown) => Resolved {
  const byDefaults = new WeakMap<object, Resolved>();
  const resolved = ({ provider }: RetryOptions, checked: FallbackSettings): Resolved => {
    if (provider === undefined) {
      throw new InvalidOptionsError(`${name}() names no provider, and neither does its class with @useApiKeyFallback.`);
    }
    return { provider, settings: { ...checked, methodName: name } };
  };
  const alone = options.provider === undefined ? undefined : resolved(options, settings);
  return (self) => {
    const defaults = defaultsOf(self);
    if (!defaults) return alone ?? resolved(options, settings);
    let merged = byDefaults.get(defaults);
    if (!merged) {
      const all = { ...defaults, ...options };
      byDefaults.set(defaults, (merged = resolved(all, checkRetryOptions(all))));
    }
    return merged;
  };
}

/** Whether the caller hands its own attempt's key or client over: then the method runs in that attempt, without a loop. */
function isPassedOn(first: unknown, attempt: Attempt, pool: KeyPool, inject: Inject): boolean {
  if (first === undefined) return false;
  if (inject === 'key') return first === attempt.apiKey;
  const hasClient = attempt.injected !== attempt.apiKey;
  return first === (hasClient ? attempt.injected : existingClient(pool, attempt.apiKey));
}

function existingClient(pool: KeyPool, apiKey: string): unknown {
  const key = pool.find(apiKey);
  return key && pool.clients.ready(key);
}

function misplaced(name: string, provider: string): TypeError {
  return new TypeError(
    `${name}() was given a key or client of "${provider}"; it is injected. Omit it or pass INJECTED.`,
  );
}

/** The signal that a caller passes as the last argument, or in it. */
function signalIn(args: readonly unknown[]): AbortSignal | undefined {
  const last = args.at(-1);
  if (typeof last !== 'object' || last === null) return undefined;
  const signal = last instanceof AbortSignal ? last : (last as { signal?: unknown }).signal;
  return signal instanceof AbortSignal ? signal : undefined;
}

function withSignal(settings: FallbackSettings, signal: AbortSignal): FallbackSettings {
  return { ...settings, signal: settings.signal ? AbortSignal.any([settings.signal, signal]) : signal };
}

async function* failing(error: unknown): AsyncGenerator {
  yield Promise.reject(error);
}

/** A plain method's own result: callers have got a promise, which cannot stand for a stream. */
function checkResult(result: unknown, name: string): unknown {
  if (typeof result !== 'object' || result === null || 'then' in result || !(Symbol.asyncIterator in result))
    return result;
  throw new TypeError(
    `${name}() returns a stream: write "async *${name}", or "async ${name}" for a promise of a stream.`,
  );
}
