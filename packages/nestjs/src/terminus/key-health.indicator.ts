import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { health, type ApiKeyManager, type ProviderHealth } from '@api-key-fallback/core';
import { checkOption, checkOptionNames } from '@api-key-fallback/core/adapter';

/** Options of {@link KeyHealthIndicator.isHealthy}. */
export interface KeyHealthOptions {
  /** The key managers to look at. @default all of the registry */
  readonly managers?: readonly ApiKeyManager[];
  /**
   * The result when half of the keys or more cannot be used, or one was refused: Terminus' `degraded`, which still answers 200, or `up`.
   *
   * @default 'degraded'
   */
  readonly whenDegraded?: 'degraded' | 'up';
}

const optionNames = new Set(['managers', 'whenDegraded']);

/**
 * Whether the keys can serve calls, for a readiness check of Terminus: `down` when a provider has no usable key. Not for a liveness
 * check, because a restart brings no key back.
 *
 * Built on `health()` of core. Add it to the providers of a module that imports `TerminusModule`.
 *
 * @example
 * \@Get('ready')
 * \@HealthCheck()
 * ready(): Promise<HealthCheckResult> {
 *   return this.health.check([() => this.keyHealth.isHealthy('keys')]);
 * }
 */
@Injectable()
export class KeyHealthIndicator {
  readonly #service: HealthIndicatorService;

  constructor(@Inject(HealthIndicatorService) service: HealthIndicatorService) {
    this.#service = service;
  }

  /**
   * Returns the result under `name`, with one entry for each provider and pool: how many keys are usable, and when the first one is back.
   *
   * @throws InvalidOptionsError for an invalid option.
   */
  isHealthy<const Name extends string>(name: Name, options: KeyHealthOptions = {}): HealthIndicatorResult<Name> {
    checkOptionNames('options', options, optionNames, '{ managers: [manager] }');
    const { managers, whenDegraded = 'degraded' } = options;
    const isKnown = whenDegraded === 'degraded' || whenDegraded === 'up';
    checkOption(isKnown, 'whenDegraded', whenDegraded, "'degraded' or 'up'");
    const { status, providers } = health(managers ? { managers } : {});
    const check = this.#service.check(name);
    const details = { providers: providers.map(shownHealth) };
    if (status === 'down') return check.down(details);
    return status === 'degraded' && whenDegraded === 'degraded' ? check.degraded(details) : check.up(details);
  }
}

/** With a time that people can read. */
function shownHealth({ backAtMs, ...provider }: ProviderHealth): object {
  return backAtMs === undefined ? provider : { ...provider, backAt: new Date(backAtMs).toISOString() };
}
