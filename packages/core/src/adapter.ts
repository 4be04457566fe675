// For provider adapters: `@api-key-fallback/core/adapter`.

export { keyManagerClass } from './api/key-manager-class.ts';
export type { KeyManagerClass, OptionsOfManager } from './api/key-manager-class.ts';
export { readField } from './base/read-field.ts';
export { redactKeys } from './base/redaction.ts';
export type { ErrorVerdict, VerdictKind } from './base/verdict.ts';
export { classifyHttpError, isAbortError } from './provider/classify-error.ts';
export { defineAdapter } from './provider/define-adapter.ts';
export { headersOfError, readHeader } from './provider/headers.ts';
export type { HeadersLike } from './provider/headers.ts';
export type { ClassifyContext, ProviderAdapter, RateLimit } from './provider/provider-adapter.ts';
export { parseBodyWait, parseDuration, parseRetryAfter, parseStatedWait, statedWait } from './provider/stated-wait.ts';
export { isTransportFailure } from './provider/transport-failure.ts';
