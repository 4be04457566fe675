export { ApiKeyFallbackFilter } from './api-key-fallback.filter.ts';
export { API_KEY_FALLBACK_OPTIONS, ApiKeyFallbackModule } from './api-key-fallback.module.ts';
export { getKeyManagerToken, InjectKeyManager } from './key-manager-token.ts';
export type { KeyManagerRef } from './key-manager-token.ts';
export type {
  ApiKeyFallbackModuleAsyncOptions,
  ApiKeyFallbackModuleOptions,
  ApiKeyFallbackOptions,
  ApiKeyFallbackOptionsFactory,
} from './module-options.ts';
export { nestLogger } from './nest-logger.ts';
export { requestPool, runInPool } from './request-pool.ts';
