import { shown } from '../base/check-arguments.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { wholeAmount, type Draw } from '../limits/draw.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import { hashOf } from '../pool/rendezvous.ts';
import type { FallbackSettings } from './fallback-settings.ts';

/** The retry budget is enlarged so that one call can use up to this number of keys in full. */
const mostKeysToFit = 20;

/** What all calls of a method in one pool share. */
export class CallPlan {
  readonly pool: KeyPool;
  readonly settings: FallbackSettings;
  /** What an attempt draws on. */
  readonly draw: Draw;
  #fallback: CallPlan | undefined;

  constructor(pool: KeyPool, settings: FallbackSettings, base?: CallPlan) {
    this.pool = pool;
    this.settings = settings;
    const isSameDraw = base?.settings.cost === settings.cost && base?.settings.affinity === settings.affinity;
    this.draw = base && isSameDraw ? base.draw : drawOf(pool, settings);
    if (!base) pool.budget?.fit(settings.maxRetries * Math.min(pool.keys.length, mostKeysToFit));
  }

  /** The quota bucket that the calls draw on. */
  get bucket(): string {
    return this.draw.bucket;
  }

  /** The same plan in the pool where calls go on when the keys of this one are exhausted; `undefined` if there is none. */
  fallback(): CallPlan | undefined {
    const pool = this.pool.fallback();
    const { staysAtProvider, inject, key } = this.settings;
    if (key !== undefined) return undefined;
    if (!pool || (staysAtProvider && pool.provider !== this.pool.provider)) return undefined;
    if (inject === 'client' && !pool.adapter.definition.createClient) return undefined;
    if (this.#fallback?.pool !== pool) this.#fallback = new CallPlan(pool, this.settings);
    return this.#fallback;
  }

  /** What an attempt draws on that is pinned to the key with this label or id. @throws InvalidOptionsError unless there is exactly one */
  drawOn(name: string): Draw {
    const { keys, displayName } = this.pool;
    const named = keys.filter(({ ref }) => ref.keyId === name || ref.label === name);
    const [only] = named;
    if (only && named.length === 1) return { ...this.draw, only };
    const found = named.length === 0 ? `No key of ${displayName} has` : `${named.length} keys of ${displayName} have`;
    throw new InvalidOptionsError(`${found} the label or id ${shown(name)}, to which the call is pinned.`);
  }

  /** Returns the same plan with another signal, cost, key or affinity. */
  with(changes: Partial<Pick<FallbackSettings, 'signal' | 'cost' | 'key' | 'affinity'>>): CallPlan {
    return new CallPlan(this.pool, { ...this.settings, ...changes }, this);
  }
}

function drawOf({ adapter }: KeyPool, { operation, cost, affinity }: FallbackSettings): Draw {
  const { tokens = 0, units = adapter.unitsOf(operation) } = typeof cost === 'function' ? {} : (cost ?? {});
  const session = typeof affinity === 'string' ? hashOf(affinity) : undefined;
  const bucket = adapter.bucketOf(operation);
  return { bucket, requests: 1, tokens: wholeAmount(tokens), units: wholeAmount(units), session };
}
