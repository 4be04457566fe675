import type { HealthView } from '../state/health-view.ts';
import type { PooledKey } from '../state/pooled-key.ts';

/** A key that is tried because no better one is left; `before` is its health when the call started to wait for the outcome. */
export interface LastResort {
  readonly key: PooledKey;
  readonly before?: HealthView;
}

/** Whether the last resort has failed, tried by this call or by the one that it waited for. */
export function hasFailed({ key, before }: LastResort): boolean {
  return key.health.view !== before;
}
