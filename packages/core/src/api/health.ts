import { checkOption } from '../base/check-option.ts';
import { checkOptionNames } from '../base/check-option-names.ts';
import type { EventOrigin } from '../events/events.ts';
import { knownWaitMs } from '../limits/meters.ts';
import { oneRequest } from '../limits/draw.ts';
import type { ApiKeyManager } from '../managers/api-key-manager.ts';
import { registry } from '../managers/registry.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import { poolOf } from '../pool/pool-of.ts';
import { unspecifiedBucket } from '../provider/guarded-adapter.ts';

/**
 * How well calls are served.
 *
 * - `down`: no key can be used now.
 * - `degraded`: half of the keys or more cannot be used, or the provider has refused a key as invalid.
 * - `ok`: otherwise.
 */
export type HealthStatus = 'ok' | 'degraded' | 'down';

/** The health of one provider's pool of keys. */
export interface ProviderHealth extends EventOrigin {
  readonly status: HealthStatus;
  /** The number of keys that a call can use now. */
  readonly usable: number;
  /** The number of keys, without those that an operator has disabled. */
  readonly total: number;
  /** When the first key can be used again, in ms since the epoch; absent if one can be used now, and if none comes back by itself. */
  readonly backAtMs?: number;
}

/** The health of all providers. */
export interface Health {
  /** The worst of all providers; `ok` without any. */
  readonly status: HealthStatus;
  readonly providers: readonly ProviderHealth[];
}

const optionNames = new Set(['managers']);
const fromWorst: readonly HealthStatus[] = ['down', 'degraded', 'ok'];

/**
 * Returns how well the key managers can serve calls: for a readiness check, or `/healthz`. By default all managers of the registry
 * that there are now: one that is made at its first use counts from then on.
 *
 * Keys that an operator has disabled do not count, unless they are all that there are.
 *
 * @throws InvalidOptionsError for anything but a list of key managers.
 * @example
 * app.get('/healthz', (_request, reply) => {
 *   const { status, providers } = health();
 *   return reply.code(status === 'down' ? 503 : 200).send({ status, providers });
 * });
 */
export function health(options: { readonly managers?: readonly ApiKeyManager[] } = {}): Health {
  checkOptionNames('options', options, optionNames, '{ managers: [manager] }');
  const { managers = registry.managers() } = options;
  checkOption(Array.isArray(managers), 'managers', managers, 'a list of key managers, such as [manager]');
  const providers = managers.map((manager) => healthOf(poolOf(manager)));
  const status = fromWorst.find((each) => providers.some((provider) => provider.status === each)) ?? 'ok';
  return { status, providers };
}

function healthOf(pool: KeyPool): ProviderHealth {
  const { keys, origin, runtime, clock } = pool;
  const now = clock.now();
  const counted = keys.filter((key) => key.unavailableReason(unspecifiedBucket, now) !== 'operator');
  const usable = counted.filter((key) => pool.isUsable(key, oneRequest)).length;
  const isAnyRefused = counted.some((key) => key.unavailableReason(unspecifiedBucket, now) === 'invalid-key');
  const isDegraded = isAnyRefused || usable <= counted.length / 2;
  const waitMs = usable > 0 ? undefined : knownWaitMs(pool.soonestRecoveryMs(oneRequest));
  return {
    ...origin,
    status: usable === 0 ? 'down' : isDegraded ? 'degraded' : 'ok',
    usable,
    total: counted.length,
    ...(waitMs === undefined ? {} : { backAtMs: Math.round(runtime.now() + waitMs) }),
  };
}
