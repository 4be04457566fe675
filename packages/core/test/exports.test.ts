import * as api from '@api-key-fallback/core';
import { expect, it } from 'vitest';

it('exports these names, and no others', () => {
  expect(Object.keys(api).toSorted((a, b) => a.localeCompare(b))).toMatchInlineSnapshot(`
    [
      "AllKeysFailedError",
      "ApiKeyFallbackError",
      "ApiKeyManager",
      "callWithFallback",
      "classifyHttpError",
      "createKeyedFetch",
      "currentAttempt",
      "customProvider",
      "DeadlineExceededError",
      "defineAdapter",
      "errorField",
      "FileStore",
      "firstChunk",
      "freshRecord",
      "headersOf",
      "INJECTED",
      "injectKeys",
      "InvalidOptionsError",
      "isAbort",
      "isSameRecord",
      "isTransportFailure",
      "joinRecords",
      "KeyManagerRegistry",
      "loadApiKeys",
      "loadNamedApiKeys",
      "MemoryStore",
      "NoApiKeysError",
      "parseBodyWait",
      "parseDuration",
      "parseRetryAfter",
      "parseStatedWait",
      "readHeader",
      "redactKeys",
      "registry",
      "RETRY_METADATA",
      "retryWithApiKeyFallback",
      "statedWait",
      "UnknownProviderError",
      "useApiKeyFallback",
      "wrapWithFallback",
    ]
  `);
});
