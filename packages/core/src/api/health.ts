import { checkOption } from '../base/check-option.ts';
import { checkOptionNames } from '../base/check-option-names.ts';
import type { EventOrigin } from '../events/events.ts';
import type { ApiKeyManager } from '../managers/api-key-manager.ts';
import type { KeyManagerStatus } from '../managers/key-status.ts';
import { registry } from '../managers/registry.ts';
import { poolOf } from '../pool/pool-of.ts';

/**
 * How well calls are served.
 *
 * - `down`: no key can be used now, nor one of the pool where calls go on (`fallbackTo`).
 * - `degraded`: half of the keys or more cannot be used, or the provider has refused a key as invalid.
 * - `ok`: otherwise.
 */
export type HealthStatus = 'ok' | 'degraded' | 'down';

/** The health of one provider's pool of keys. */
export interface ProviderHealth extends EventOrigin {
  readonly status: HealthStatus;
  /** The number of keys that a call can use now, as in `status()`. */
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
 * Returns how well the key managers can serve calls: for a readiness check, or `/healthz`. By default of all managers in the registry.
 * A default of an adapter package counts only after its first use.
 *
 * Keys that an operator has disabled do not count. A manager whose key source was never asked is down, and asks it now.
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
  for (const manager of managers) poolOf(manager);
  const providers = managers.map(healthOf);
  const status = fromWorst.find((each) => providers.some((provider) => provider.status === each)) ?? 'ok';
  return { status, providers };
}

function healthOf(manager: ApiKeyManager): ProviderHealth {
  const status = manager.status();
  const { provider, pool, usable, source } = status;
  // Without traffic nothing else would load the keys, and a service that is not ready gets no traffic.
  if (source && source.lastAttemptAtMs === undefined) void manager.ready();
  const counted = status.keys.filter(({ reason }) => reason !== 'operator');
  const isRefused = counted.some(({ reason }) => reason === 'invalid-key');
  const isServed = usable > 0 || poolOf(manager).fallback()?.select() !== undefined;
  const isDegraded = isRefused || usable <= counted.length / 2;
  return {
    provider,
    pool,
    status: isServed ? (isDegraded ? 'degraded' : 'ok') : 'down',
    usable,
    total: counted.length,
    ...(usable === 0 ? backAt(status) : {}),
  };
}

/** When the first key is back. A refused key is tried again, but rarely works. */
function backAt({ next }: KeyManagerStatus): Pick<ProviderHealth, 'backAtMs'> {
  const first = next.find(({ reason, availableAtMs }) => reason !== 'disabled' && availableAtMs !== undefined);
  return first?.availableAtMs === undefined ? {} : { backAtMs: first.availableAtMs };
}
