// For applications. Adapters import from `@api-key-fallback/core/adapter`, stores from `@api-key-fallback/core/store`.

export { ApiKeyManager } from './managers/api-key-manager.ts';
export type { ActorOptions } from './managers/actor.ts';
export type { KeyChoice } from './managers/chosen-key.ts';
export type { KeyChanges } from './managers/managed-keys.ts';
export type { MarkReason } from './managers/operated-keys.ts';
export { callWithFallback } from './api/call-with-fallback.ts';
export type { CheckKeysOptions, KeyCheck } from './managers/check-keys.ts';
export { health } from './api/health.ts';
export type { Health, HealthStatus, ProviderHealth } from './api/health.ts';
export { INJECTED, injectKeys } from './api/inject-keys.ts';
export type { ApiClient, ApiKey, KeyInjected } from './api/inject-keys.ts';
export { createKeyedFetch } from './api/keyed-fetch.ts';
export type { KeyedFetch, KeyedFetchOptions, RequestFallbackOptions } from './api/keyed-fetch.ts';
export type { KeyManagerStatus, KeyStatus, LimitStatus } from './managers/key-status.ts';
export type { DayBudget, QuotaDay } from './managers/quota-day.ts';
export { commandSource } from './sources/command-source.ts';
export { envSource } from './sources/env-source.ts';
export { fileSource } from './sources/file-source.ts';
export type { KeySource, KeySourceInput, LoadContext, LoadedKeys, LoadReason } from './sources/key-source.ts';
export { loadApiKeys } from './sources/load-api-keys.ts';
export type { LoadApiKeysOptions } from './sources/load-api-keys.ts';
export { parseKeys } from './sources/parse-keys.ts';
export type { NextKey, NextKeyReason } from './managers/next-keys.ts';
export type { LazyPoolsOptions } from './managers/lazy-pools.ts';
export type { RegistryEvents, RegistryListener } from './managers/manager-followers.ts';
export { registry } from './managers/registry.ts';
export type { ClientOf, KeyManagerOf } from './managers/registry.ts';
export { RETRY_METADATA, retryWithApiKeyFallback } from './api/retry-with-api-key-fallback.ts';
export { useApiKeyFallback } from './api/use-api-key-fallback.ts';
export { wrapWithFallback } from './api/wrap-with-fallback.ts';
export type { WrapOptions } from './api/wrap-with-fallback.ts';
export { AllKeysFailedError, DeadlineExceededError } from './base/all-keys-failed-error.ts';
export type { ExhaustedReason, FailedAttempt } from './base/all-keys-failed-error.ts';
export { currentAttempt } from './base/attempt.ts';
export type { Attempt } from './base/attempt.ts';
export { ApiKeyFallbackError, InvalidOptionsError, NoApiKeysError, UnknownProviderError } from './base/errors.ts';
export type { ErrorCode } from './base/errors.ts';
export type { AttemptEnd, CallEnd, CallTracer, ErrorType, TracedAttempt, TracedCall } from './events/call-tracer.ts';
export { eventNames } from './events/event-names.ts';
export type { KeyRef } from './events/key-ref.ts';
export { customProvider } from './base/provider-name.ts';
export type { CustomProvider, KeyManagers, ProviderName } from './base/provider-name.ts';
export type { Runtime } from './base/runtime.ts';
export type { TokenUsage } from './base/token-usage.ts';
export type { ErrorVerdict, VerdictKind } from './base/verdict.ts';
export type { EnvFileOptions } from './env/environment.ts';
export type { NamedApiKey } from './env/key-variables.ts';
export { firstChunk } from './call/first-chunk.ts';
export type { AttemptFailure, FallbackOptions, RetryOptions } from './call/retry-options.ts';
export type { AffinityResolver, Cost, CostResolver, KeyResolver, PoolResolver } from './call/resolvers.ts';
export { setDefaultLogger } from './events/default-logger.ts';
export type { LogOptions } from './events/event-log.ts';
export type {
  AnyListener,
  KeyChangeReason,
  KeyManagerEventName,
  KeyManagerEvents,
  KeyManagerListener,
} from './events/events.ts';
export type { LogFields } from './events/log-fields.ts';
export type { Locale, LogLevel } from './events/log-messages.ts';
export type { Logger } from './events/logger.ts';
export type { KeyLimits, LimitName, Limits, LimitSource } from './provider/key-limits.ts';
export type { ApiKeyInput } from './pool/check-api-keys.ts';
export type { KeyManagerOptions, RefreshOptions } from './pool/key-manager-options.ts';
export type { KeyCandidate, KeyStrategy } from './pool/key-strategy.ts';
export type { RetryBudgetOptions } from './pool/retry-budget.ts';
export { FailedResultError } from './provider/failed-result-error.ts';
export { KeyFailedError } from './provider/key-failed-error.ts';
export type { KeyFailedOptions, KeyFailure } from './provider/key-failed-error.ts';
export type {
  ClassifyContext,
  ClassifyError,
  ClassifyResult,
  ProviderAdapter,
  RateLimit,
} from './provider/provider-adapter.ts';
export { UnrecoverableError } from './provider/unrecoverable-error.ts';
export type { RequestRate } from './limits/request-window.ts';
export type { SourceStatus } from './pool/pool-source.ts';
export type { KeyState } from './state/health-view.ts';
export type { Latency } from './state/latency-sketch.ts';
export type { KeyUsage, UsageCounts } from './state/usage-counts.ts';
export { FileStore } from './stores/file-store.ts';
export type { KeyStateStore } from './stores/key-state-store.ts';
export { MemoryStore } from './stores/memory-store.ts';
