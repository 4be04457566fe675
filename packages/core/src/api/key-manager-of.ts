import type { KeyManagers, ProviderName } from '../base/provider-name.ts';
import type { ApiKeyManager } from './api-key-manager.ts';

/** The key manager type behind a provider name. */
export type KeyManagerOf<P extends ProviderName> = P extends keyof KeyManagers ? KeyManagers[P] : ApiKeyManager;

/** The client type behind a provider name. */
export type ClientOf<P extends ProviderName> = KeyManagerOf<P> extends ApiKeyManager<infer Client> ? Client : never;
