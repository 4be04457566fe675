import {
  ApiKeyManager,
  type ApiKeyInput,
  type KeyManagerOptions,
  type KeySource,
  type LoadContext,
  type LoadedKeys,
} from '@api-key-fallback/core';
import { FakeRuntime } from '../fake-runtime.ts';
import { invalidKey, scriptedAdapter } from '../scripted-keys.ts';

export type Answer = readonly ApiKeyInput[] | LoadedKeys | Error;

export interface Sourced {
  readonly manager: ApiKeyManager;
  readonly runtime: FakeRuntime;
  /** Why the source was asked, in order. */
  readonly reasons: string[];
  /** What the source answers from now on. */
  answer: Answer;
  /** How long an answer takes, in ms. */
  takesMs: number;
  /** The keys that are refused as invalid. */
  readonly dead: Set<string>;
  readonly calls: string[];
  call(options?: object): Promise<unknown>;
}

/** A manager whose keys come from a scripted source. */
export function sourced(answer: Answer, options: KeyManagerOptions = {}, watch?: KeySource['watch']): Sourced {
  const runtime = new FakeRuntime({ stepped: true });
  const reasons: string[] = [];
  const load = async ({ signal, reason }: LoadContext) => {
    reasons.push(reason);
    const given = state.answer;
    if (state.takesMs > 0) await runtime.pass(state.takesMs, signal);
    if (given instanceof Error) throw given;
    return given;
  };
  const source = { name: 'vault', load, ...(watch ? { watch } : {}) };
  const { refresh = {}, ...rest } = options;
  const manager = new ApiKeyManager(scriptedAdapter, source, {
    logger: false,
    retryBudget: false,
    runtime,
    refresh: { jitter: 0, ...refresh },
    ...rest,
  });
  const state: Sourced = {
    manager,
    runtime,
    reasons,
    answer,
    takesMs: 0,
    dead: new Set(),
    calls: [],
    call: (callOptions = {}) =>
      manager.retryWithFallback(
        (key) => {
          state.calls.push(key);
          return state.dead.has(key) ? invalidKey()(key, runtime) : key;
        },
        { maxRetries: 1, ...callOptions },
      ),
  };
  return state;
}
