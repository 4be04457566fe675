import { MemoryStore } from '@api-key-fallback/core';
import { quantile } from '../statistics.ts';
import { ModelProvider } from './model-provider.ts';
import type { Scene, Traffic } from './scene.ts';
import type { Caller, Scheme, Setting } from './scheme.ts';
import { seededRandom } from './seeded-random.ts';
import { VirtualWorld } from './virtual-world.ts';

/** What came of the calls of one run. */
export interface Outcome {
  readonly calls: number;
  readonly servedPercent: number;
  /** Of the calls that were served. */
  readonly p50Seconds: number;
  readonly p99Seconds: number;
  readonly requestsPerCall: number;
  /** `Infinity` when no call was served. */
  readonly requestsPerServed: number;
  readonly refused: number;
}

const delayMs = 1000;

function settingOf({ keys = 4, maxRetries = 3, timeoutMs, limits, processes = 1 }: Scene): Setting {
  return {
    keys: Array.from({ length: keys }, (_, index) => `key-of-the-goodput-model-${index + 1}`),
    maxRetries,
    delayMs,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(limits ? { limits } : {}),
    ...(processes > 1 ? { store: new MemoryStore() } : {}),
  };
}

/** Makes the calls of a scene when they are due, and counts how they end. */
class CallLog {
  ended = 0;
  served = 0;
  readonly times: number[] = [];
  readonly #call: (index: number) => Promise<unknown>;
  readonly #timedFromMs: number;
  #begun = 0;

  constructor(call: (index: number) => Promise<unknown>, timedFromMs: number) {
    this.#call = call;
    this.#timedFromMs = Date.now() + timedFromMs;
  }

  async beginAll({ calls, everyMs, burst = 1, isInTurn = false }: Traffic): Promise<void> {
    if (isInTurn) {
      for (let index = 0; index < calls; index++) await this.#begin();
      return;
    }
    for (let index = 0; index < burst; index++) void this.#begin();
    if (this.#begun < calls) setTimeout(() => void this.beginAll({ calls, everyMs, burst }), everyMs);
  }

  async #begin(): Promise<void> {
    const beganAtMs = Date.now();
    try {
      await this.#call(this.#begun++);
      this.served++;
      if (beganAtMs >= this.#timedFromMs) this.times.push(Date.now() - beganAtMs);
    } catch {
      // A call that is not served is counted by its absence.
    }
    this.ended++;
  }
}

/** Plays a scene once. */
export async function playScene(scene: Scene, scheme: Scheme, seed: number): Promise<Outcome> {
  using world = new VirtualWorld(seed);
  // A stream of its own, so that what a scheme leaves to chance changes nothing at the provider.
  const random = seededRandom(seed + 1_000_003);
  const setting = settingOf(scene);
  const provider = new ModelProvider(setting.keys, scene.provider(random), random);
  const callers: Caller[] = Array.from({ length: scene.processes ?? 1 }, () => scheme.start(setting));
  const call = async (index: number): Promise<unknown> => callers[index % callers.length]?.(provider.forCall());
  const log = new CallLog(call, scene.timedFromMs ?? 0);
  const { calls } = scene.traffic;

  void log.beginAll(scene.traffic);
  await world.runUntil(() => log.ended === calls);
  const { requests, refused } = provider;
  return {
    calls,
    servedPercent: (100 * log.served) / calls,
    p50Seconds: quantile(log.times, 0.5) / 1000,
    p99Seconds: quantile(log.times, 0.99) / 1000,
    requestsPerCall: requests / calls,
    requestsPerServed: requests / log.served,
    refused,
  };
}
