// For provider adapters, and packages that watch key managers: `@api-key-fallback/core/adapter`.

export { keyManagerClass } from './managers/key-manager-class.ts';
export type { KeyManagerClass, KeyManagerClassOptions, OptionsOfManager } from './managers/key-manager-class.ts';
export { checkDecorated } from './api/check-decorated.ts';
export { inTime } from './base/abortable.ts';
export { findAttempt } from './base/attempt.ts';
export { checkDuration, checkOption } from './base/check-option.ts';
export { checkOptionNames, closestName } from './base/check-option-names.ts';
export { errorMessage } from './base/error-message.ts';
export { readField, readList } from './base/read-field.ts';
export { redactKeys } from './base/redaction.ts';
export { createRuntime } from './base/runtime.ts';
export type { FullRuntime } from './base/runtime.ts';
export { safeCopy } from './base/safe-copy.ts';
export { statedUsage } from './base/token-usage.ts';
export type { TokenUsage } from './base/token-usage.ts';
export type { ErrorVerdict, VerdictKind } from './base/verdict.ts';
export { openWatchLog } from './events/watch-log.ts';
export type { WatchLog } from './events/watch-log.ts';
export { isAbortError } from './http/abort-error.ts';
export { classifyByRules } from './provider/classify-by-rules.ts';
export type { ErrorRule, ErrorTable, Judgement, VerdictOfRule } from './provider/classify-by-rules.ts';
export { classifyHttpError } from './provider/classify-error.ts';
export { defineAdapter } from './provider/define-adapter.ts';
export { clientRequest } from './http/client-request.ts';
export type { ClientRequestOptions } from './http/client-request.ts';
export { headersOfError, readHeader, redactedHeaders } from './http/headers.ts';
export type { HeadersLike } from './http/headers.ts';
export { googleMetadata, googleProjectOf, googleQuotaViolations } from './provider/google-details.ts';
export type { GoogleQuotaViolation } from './provider/google-details.ts';
export { nextMidnight } from './provider/next-midnight.ts';
export { probeRequest } from './provider/probe-request.ts';
export type { ProbeRequestOptions } from './provider/probe-request.ts';
export type {
  ClassifyContext,
  KeyVerdict,
  ProbeContext,
  ProbeResult,
  ProviderAdapter,
  RateLimit,
} from './provider/provider-adapter.ts';
export { readFailure } from './provider/read-failure.ts';
export type { Failure } from './provider/read-failure.ts';
export { readRateLimits, waitForRoom } from './provider/read-rate-limits.ts';
export type { RateLimitReading } from './provider/read-rate-limits.ts';
export {
  parseDuration,
  parseReset,
  parseRetryAfter,
  parseStatedWait,
  statedWait,
  statedWaitOf,
} from './provider/stated-wait.ts';
export { readErrorText } from './http/read-error-text.ts';
export { isTransportFailure } from './http/transport-failure.ts';
export { watchingFetch, watchStreamEnd } from './http/watch-stream-end.ts';
export type { StreamEnd } from './http/watch-stream-end.ts';
export { webStreamOf } from './http/web-stream-of.ts';
