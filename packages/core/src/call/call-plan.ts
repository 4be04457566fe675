import type { KeyPool } from '../pool/key-pool.ts';
import type { FallbackSettings } from './retry-options.ts';

/** So many keys may one call walk over in full, whatever the size of the retry budget. */
const mostKeysToFit = 20;

/** What all calls of a method have in common, as long as its provider keeps its manager. */
export class CallPlan {
  readonly pool: KeyPool;
  readonly settings: FallbackSettings;
  /** The quota bucket that the calls draw on. */
  readonly bucket: string;
  /** What an attempt costs in the provider's quota units. */
  readonly units: number;

  constructor(pool: KeyPool, settings: FallbackSettings, base?: CallPlan) {
    this.pool = pool;
    this.settings = settings;
    this.bucket = base?.bucket ?? pool.adapter.bucketOf(settings.operation);
    this.units = base?.units ?? pool.adapter.unitsOf(settings.operation);
    if (!base) pool.budget?.fit(settings.maxRetries * Math.min(pool.keys.length, mostKeysToFit));
  }

  /** The same plan for a call that this signal ends. */
  withSignal(signal: AbortSignal): CallPlan {
    return new CallPlan(this.pool, { ...this.settings, signal }, this);
  }
}
