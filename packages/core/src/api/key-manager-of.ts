import type { KeyManagers, ProviderName } from '../base/provider-name.ts';
import type { ApiKeyManager } from './api-key-manager.ts';

/** The key manager type of a provider name: the one its adapter package declares, else `ApiKeyManager`. */
export type KeyManagerOf<P extends ProviderName> = P extends keyof KeyManagers ? KeyManagers[P] : ApiKeyManager;

/** The client type of a provider name, as `inject: 'client'` injects it. */
export type ClientOf<P extends ProviderName> = KeyManagerOf<P> extends ApiKeyManager<infer Client> ? Client : never;
