import { readField, readList } from '../base/read-field.ts';
import type { Failure } from './read-failure.ts';

/** A quota that a request exceeded, from Google's `QuotaFailure`. */
export interface GoogleQuotaViolation {
  /** Names the window, for example `GenerateRequestsPerDayPerProjectPerModel-FreeTier`; `''` if absent. */
  readonly quotaId: string;
  /** The limit; `''` if absent. A limit of 0 is often left out. */
  readonly quotaValue: string;
  /** The model of the quota, in Gemini's errors; `''` if absent. */
  readonly model: string;
}

function textIn(source: unknown, ...path: readonly string[]): string {
  const value = readField(source, ...path);
  return typeof value === 'string' ? value : '';
}

/**
 * Returns a text in the metadata of Google's `ErrorInfo` (https://google.aip.dev/193); `''` if there is none.
 *
 * @example
 * const metric = googleMetadata(failure, 'quota_metric'); // 'youtube.googleapis.com/search'
 */
export function googleMetadata({ detail }: Failure, name: string): string {
  const values = readList(detail, 'details').map((entry) => textIn(entry, 'metadata', name));
  return values.find((value) => value !== '') ?? '';
}

/**
 * Returns the Cloud project that an error of a Google API names, such as `projects/123`; `undefined` if it names none.
 *
 * Accepts only a project's number or id, because Google names a suspended consumer by its whole key:
 * https://github.com/google/generative-ai-docs/issues/356
 *
 * @example
 * groupOf: (error) => googleProjectOf(readFailure(error)),
 */
export function googleProjectOf(failure: Failure): string | undefined {
  const consumer = googleMetadata(failure, 'consumer');
  return /^projects\/(?:\d+|[a-z][a-z0-9-]{4,28}[a-z0-9])$/.test(consumer) ? consumer : undefined;
}

/**
 * Returns the quotas that a request to a Google API exceeded; `[]` if the error names none.
 *
 * @example
 * const isDaily = googleQuotaViolations(failure).some(({ quotaId }) => quotaId.includes('PerDay'));
 */
export function googleQuotaViolations({ detail }: Failure): readonly GoogleQuotaViolation[] {
  return readList(detail, 'details')
    .flatMap((entry) => readList(entry, 'violations'))
    .map((violation) => ({
      quotaId: textIn(violation, 'quotaId'),
      quotaValue: textIn(violation, 'quotaValue'),
      model: textIn(violation, 'quotaDimensions', 'model'),
    }));
}
