import type { KeyPool } from '../pool/key-pool.ts';
import type { FallbackSettings } from './retry-options.ts';

/** What all calls of a method have in common, as long as its provider keeps its manager. */
export class CallPlan {
  readonly pool: KeyPool;
  readonly settings: FallbackSettings;
  /** The quota bucket that the calls draw on. */
  readonly bucket: string;
  /** What an attempt costs in the provider's quota units. */
  readonly units: number;

  constructor(pool: KeyPool, settings: FallbackSettings) {
    this.pool = pool;
    this.settings = settings;
    this.bucket = pool.adapter.bucketOf(settings.operation);
    this.units = pool.adapter.unitsOf(settings.operation);
  }
}
