import { expect, it } from 'vitest';
import * as core from '@api-key-fallback/core';
import * as adapter from '@api-key-fallback/core/adapter';
import * as store from '@api-key-fallback/core/store';

function namesOf(door: object): string[] {
  return Object.keys(door).toSorted((a, b) => a.localeCompare(b));
}

it('@api-key-fallback/core exports these names, and no others', () => {
  expect(namesOf(core)).toEqual([
    'AllKeysFailedError',
    'ApiKeyFallbackError',
    'ApiKeyManager',
    'callWithFallback',
    'commandSource',
    'createKeyedFetch',
    'currentAttempt',
    'customProvider',
    'DeadlineExceededError',
    'envSource',
    'eventNames',
    'FailedResultError',
    'fileSource',
    'FileStore',
    'firstChunk',
    'health',
    'INJECTED',
    'injectKeys',
    'InvalidOptionsError',
    'KeyFailedError',
    'loadApiKeys',
    'MemoryStore',
    'NoApiKeysError',
    'parseKeys',
    'registry',
    'RETRY_METADATA',
    'retryWithApiKeyFallback',
    'setDefaultLogger',
    'UnknownProviderError',
    'UnrecoverableError',
    'useApiKeyFallback',
    'wrapWithFallback',
  ]);
});

it('@api-key-fallback/core/adapter exports these names, and no others', () => {
  expect(namesOf(adapter)).toEqual([
    'checkDecorated',
    'checkDuration',
    'checkOption',
    'checkOptionNames',
    'classifyByRules',
    'classifyHttpError',
    'clientRequest',
    'closestName',
    'createRuntime',
    'defineAdapter',
    'errorMessage',
    'findAttempt',
    'googleMetadata',
    'googleProjectOf',
    'googleQuotaViolations',
    'headersOfError',
    'inTime',
    'isAbortError',
    'isTransportFailure',
    'keyManagerClass',
    'nextMidnight',
    'openWatchLog',
    'parseDuration',
    'parseReset',
    'parseRetryAfter',
    'parseStatedWait',
    'probeRequest',
    'readErrorText',
    'readFailure',
    'readField',
    'readHeader',
    'readList',
    'readRateLimits',
    'redactedHeaders',
    'redactKeys',
    'safeCopy',
    'statedUsage',
    'statedWait',
    'statedWaitOf',
    'waitForRoom',
    'watchingFetch',
    'watchStreamEnd',
    'webStreamOf',
  ]);
});

it('@api-key-fallback/core/store exports these names, and no others', () => {
  expect(namesOf(store)).toEqual([
    'checkOptionNames',
    'freshRecord',
    'isSameRecord',
    'isUnavailableReason',
    'joinRecords',
  ]);
});
