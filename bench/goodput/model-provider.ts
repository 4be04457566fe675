import type { Behaviour, Fate } from './behaviour.ts';

/** Sends one request with this key; rejects as a client does. */
export type Ask = (key: string, signal?: AbortSignal) => Promise<void>;

const fastestMs = 300;
const spreadMs = 400;

function errorOf({ status = 0, retryAfterMs }: Fate): Error {
  if (status === 0) return Object.assign(new Error('The connection was reset'), { code: 'ECONNRESET' });
  // Whole seconds, as the header has them.
  const headers = retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) };
  return Object.assign(new Error(`Status ${status}`), { status, headers });
}

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = Number.isFinite(ms) ? setTimeout(resolve, ms) : undefined;
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(signal.reason);
      },
      { once: true },
    );
  });
}

/** A provider that takes 0.3 to 0.7 s for an answer or a refusal, and counts the requests. */
export class ModelProvider {
  requests = 0;
  refused = 0;
  readonly #keys: readonly string[];
  readonly #behaviour: Behaviour;
  readonly #random: () => number;
  readonly #startMs = Date.now();

  constructor(keys: readonly string[], behaviour: Behaviour, random: () => number) {
    this.#keys = keys;
    this.#behaviour = behaviour;
    this.#random = random;
  }

  /** For the requests of one call. */
  forCall(): Ask {
    let attempt = 0;
    return (key, signal) => this.#answer(key, ++attempt, signal);
  }

  async #answer(key: string, attempt: number, signal: AbortSignal | undefined): Promise<void> {
    this.requests++;
    const request = { key: this.#keys.indexOf(key) + 1, atMs: Date.now() - this.#startMs, attempt };
    const fate = this.#behaviour(request) ?? {};
    const latencyMs = (fastestMs + spreadMs * this.#random()) * (fate.slowness ?? 1);
    await wait(fate.hangs ? Infinity : latencyMs, signal);
    if (fate.status === undefined) return;
    this.refused++;
    throw errorOf(fate);
  }
}
