import { findAttempt } from './attempt.ts';
import { callWithKeys, type Invoke } from './call-with-fallback.ts';
import { INJECTED } from './inject-keys.ts';
import { poolOf, type KeyPool } from './key-pool.ts';
import type { ProviderName } from './provider-names.ts';
import { registry } from './registry.ts';
import type { FallbackSettings } from './retry-options.ts';
import { streamWithKeys } from './stream-with-fallback.ts';

export type Method = (this: unknown, ...args: unknown[]) => unknown;

interface Decoration {
  readonly provider: ProviderName;
  readonly settings: FallbackSettings;
  readonly name: string;
}

type Stream = AsyncGenerator<unknown, unknown, unknown>;

/** The function that callers reach: without the first parameter, which each attempt gets anew. */
export function injectingMethod(method: Method, decoration: Decoration): Method {
  const { provider, name } = decoration;
  const isStream = Object.prototype.toString.call(method) === '[object AsyncGeneratorFunction]';

  function start(self: unknown, args: unknown[]): unknown {
    const pool = registry.get(provider)[poolOf];
    if (joinsAttempt(pool, decoration, args)) return method.apply(self, args);
    checkArguments(pool, name, args);
    const rest = (args[0] as unknown) === INJECTED ? args.slice(1) : args;
    const invoke: Invoke<unknown> = (injected) => method.apply(self, [injected, ...rest]);
    const settings = withSignal(decoration.settings, rest);
    return isStream ? streamWithKeys(pool, invoke as Invoke<Stream>, settings) : callWithKeys(pool, invoke, settings);
  }

  // Misuse rejects like any other failure of the call, so that one catch sees it.
  const wrapper = isStream
    ? function (this: unknown, ...args: unknown[]): unknown {
        try {
          return start(this, args);
        } catch (error) {
          return failing(error);
        }
      }
    : async function (this: unknown, ...args: unknown[]): Promise<unknown> {
        return start(this, args);
      };
  Object.defineProperty(wrapper, 'name', { value: method.name, configurable: true });
  Object.defineProperty(wrapper, 'length', { value: Math.max(0, method.length - 1), configurable: true });
  return wrapper;
}

/** Whether the caller passes on what its own attempt was given: then the method runs inside that attempt. */
function joinsAttempt(pool: KeyPool, { provider, settings }: Decoration, [first]: unknown[]): boolean {
  const attempt = first === undefined ? undefined : findAttempt(provider);
  if (!attempt) return false;
  if (first === attempt.injected) return true;
  if (settings.inject === 'key') return first === attempt.apiKey;
  const key = pool.find(attempt.apiKey);
  return key !== undefined && first === pool.client(key);
}

function checkArguments(pool: KeyPool, name: string, args: unknown[]): void {
  const [first] = args;
  const isOurs = typeof first === 'string' ? pool.find(first) !== undefined : pool.ownsClient(first);
  if (isOurs) {
    throw new TypeError(`${name}() was given a key or client of "${pool.provider}"; it is injected. Omit it or pass INJECTED.`);
  }
  if (args.indexOf(INJECTED, 1) > 0) throw new TypeError(`${name}(): INJECTED can only stand for the first argument.`);
}

function withSignal(settings: FallbackSettings, args: unknown[]): FallbackSettings {
  const last = args.at(-1);
  if (typeof last !== 'object' || last === null) return settings;
  const signal = last instanceof AbortSignal ? last : (last as { signal?: unknown }).signal;
  return signal instanceof AbortSignal ? { ...settings, signal } : settings;
}

// oxlint-disable-next-line require-yield
async function* failing(error: unknown): Stream {
  throw error;
}
