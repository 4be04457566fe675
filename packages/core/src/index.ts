export { firstChunk } from './call/first-chunk.ts';
export {
  AllKeysFailedError,
  DeadlineExceededError,
  ApiKeyFallbackError,
  InvalidOptionsError,
  NoApiKeysError,
  UnknownProviderError,
} from './base/errors.ts';
export type { AllKeysFailedDetails, ErrorCode, ExhaustedReason, FailedAttempt } from './base/errors.ts';
export { ApiKeyManager } from './api/api-key-manager.ts';
export type { HealthStatus, KeyManagerStatus, KeyStatus, MarkReason } from './api/api-key-manager.ts';
export type { ApiKeyInput } from './pool/check-api-keys.ts';
export { currentAttempt } from './base/attempt.ts';
export type { Attempt } from './base/attempt.ts';
export { callWithFallback } from './api/call-with-fallback.ts';
export { defineAdapter } from './provider/define-adapter.ts';
export type { Environment } from './base/runtime.ts';
export { classifyHttpError, isAbort, isTransportFailure } from './provider/classify-error.ts';
export { readField } from './base/read-field.ts';
export type { LogOptions } from './events/event-log.ts';
export type { Logger } from './events/logger.ts';
export type { KeyManagerEventName, KeyManagerEvents, KeyManagerListener } from './events/events.ts';
export { INJECTED, injectKeys } from './api/inject-keys.ts';
export type { ApiClient, ApiKey, KeyInjected } from './api/inject-keys.ts';
export type { Provided } from './api/provided.ts';
export type { InjectingDecorator } from './api/decorator-type.ts';
export { freshRecord, isOutReason, isSameRecord, joinRecords } from './state/key-record.ts';
export type { KeyRecord, OutReason } from './state/key-record.ts';
export type { KeyState } from './state/key-health.ts';
export type { Change, ChangeListener, Cursor, KeyStateStore, Lease, SyncReply, SyncRequest } from './stores/key-state-store.ts';
export type { WindowCounters } from './state/usage-counts.ts';
export { FileStore } from './stores/file-store.ts';
export { MemoryStore } from './stores/memory-store.ts';
export type { KeyManagerOptions } from './pool/key-pool.ts';
export type { KeyCandidate, KeyStrategy } from './pool/key-selection.ts';
export { loadApiKeys, loadNamedApiKeys } from './api/load-api-keys.ts';
export type { LoadApiKeysOptions, NamedApiKey } from './api/load-api-keys.ts';
export type { Locale, LogLevel } from './events/log-messages.ts';
export type { KeyName } from './base/key-ref.ts';
export type { KeyUsage, UsageCounts } from './state/usage-counts.ts';
export type { ClassifyContext, Limit, ProviderAdapter } from './provider/provider-adapter.ts';
export type { ErrorVerdict, VerdictKind } from './base/verdict.ts';
export { customProvider } from './base/provider-name.ts';
export type { CustomProvider, KeyManagers, ProviderName } from './base/provider-name.ts';
export type { ClientOf, KeyManagerOf } from './api/key-manager-of.ts';
export { redactKeys } from './base/redaction.ts';
export { createKeyedFetch } from './api/keyed-fetch.ts';
export type { KeyedFetchOptions } from './api/keyed-fetch.ts';
export { useApiKeyFallback } from './api/use-api-key-fallback.ts';
export { wrapWithFallback } from './api/wrap-with-fallback.ts';
export type { WrapOptions } from './api/wrap-with-fallback.ts';
export { KeyManagerRegistry, registry } from './api/registry.ts';
export {
  headersOf,
  parseBodyWait,
  parseDuration,
  parseRetryAfter,
  parseStatedWait,
  readHeader,
  statedWait,
} from './provider/retry-after.ts';
export type { HeadersLike } from './provider/retry-after.ts';
export type { RetryBudgetOptions } from './pool/retry-budget.ts';
export type { FallbackOptions, Inject, RetryOptions } from './call/retry-options.ts';
export { RETRY_METADATA, retryWithApiKeyFallback } from './api/retry-with-api-key-fallback.ts';
