import { Inject } from '@nestjs/common';
import type { ProviderName } from '@api-key-fallback/core';

/** Names a key manager of the registry. */
export interface KeyManagerRef<P extends ProviderName = ProviderName> {
  readonly provider: P;
  /** The name of its pool. @default 'default' */
  readonly pool?: string;
}

/**
 * Returns the token of a key manager, for `overrideProvider()` in tests and for `inject` of factories.
 *
 * @example
 * Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(getKeyManagerToken('openai'))
 *   .useValue(createTestManager(openaiAdapter));
 */
export function getKeyManagerToken(provider: ProviderName, pool = 'default'): string {
  return `ApiKeyManager:${provider}${pool === 'default' ? '' : `/${pool}`}`;
}

/**
 * Injects the key manager of a provider, or of one of its pools. The module must name it: in `managers`, or in `provides` of
 * `forRootAsync()`.
 *
 * @example
 * constructor(
 *   \@InjectKeyManager('openai') private readonly keys: KeyManagerOf<'openai'>,
 *   \@InjectKeyManager('openai', { pool: 'batch' }) private readonly batchKeys: KeyManagerOf<'openai'>,
 * ) {}
 */
export function InjectKeyManager(
  provider: ProviderName,
  options: { readonly pool?: string } = {},
): PropertyDecorator & ParameterDecorator {
  return Inject(getKeyManagerToken(provider, options.pool));
}
