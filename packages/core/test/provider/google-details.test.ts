import {
  googleMetadata,
  googleProjectOf,
  googleQuotaViolations,
  readFailure,
  type Failure,
} from '@api-key-fallback/core/adapter';
import { expect, it } from 'vitest';

function failureWith(...details: readonly object[]): Failure {
  return readFailure({ status: 429, body: { error: { code: 429, message: 'Quota exceeded', details } } });
}

it.each(['projects/1234567', 'projects/my-project-1'])('reads the project %s', (consumer) => {
  const failure = failureWith({ reason: 'X' }, { metadata: { service: 'youtube.googleapis.com', consumer } });
  expect(googleProjectOf(failure)).toBe(consumer);
  expect(googleMetadata(failure, 'service')).toBe('youtube.googleapis.com');
});

it.each(['api_key:AIzaSyA-0123456789', 'projects/AIzaSyA-0123456789', 'projects/my-', 7, undefined])(
  'reads no project from %s',
  (consumer) => {
    expect(googleProjectOf(failureWith({ metadata: { consumer } }))).toBeUndefined();
  },
);

it('reads the exceeded quotas', () => {
  const violations = [
    { quotaId: 'RequestsPerDay', quotaValue: '20', quotaDimensions: { model: 'gemini-3-flash' } },
    { quotaId: 7 },
  ];
  expect(googleQuotaViolations(failureWith({ reason: 'X' }, { violations }))).toEqual([
    { quotaId: 'RequestsPerDay', quotaValue: '20', model: 'gemini-3-flash' },
    { quotaId: '', quotaValue: '', model: '' },
  ]);
  expect(googleQuotaViolations(failureWith())).toEqual([]);
});

it('reads nothing from an error without details', () => {
  const failure = readFailure(new Error('boom'));
  expect([googleProjectOf(failure), googleMetadata(failure, 'service'), googleQuotaViolations(failure)]).toEqual([
    undefined,
    '',
    [],
  ]);
});
