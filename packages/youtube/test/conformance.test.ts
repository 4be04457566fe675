import { describeProviderAdapter } from '@api-key-fallback/testing/vitest';
import { abortSoon } from '../../../test-support/provoked-failure.ts';
import { youtubeAdapter } from '../src/index.ts';
import { midnight, provokeYouTubeError } from './provoke-youtube-error.ts';

describeProviderAdapter(
  youtubeAdapter,
  {
    transient: [
      { name: 'backendError', error: () => provokeYouTubeError('unavailable'), expected: { retryAfterMs: undefined } },
      { name: 'a cut connection', error: () => provokeYouTubeError('reset') },
    ],
    'rate-limited': [
      {
        name: 'userRateLimitExceeded',
        error: () => provokeYouTubeError('user_rate_limit_403'),
        expected: { scope: 'group', retryAfterMs: 60_000 },
      },
    ],
    'quota-exhausted': [
      {
        name: 'a day of searches',
        error: () => provokeYouTubeError('search_bucket_daily_429'),
        operation: 'search.list',
        expected: { scope: 'group', bucket: 'search.list', resetsAtMs: midnight },
      },
    ],
    'invalid-key': [
      {
        name: 'API_KEY_INVALID',
        error: () => provokeYouTubeError('invalid-key'),
        expected: { reason: 'API_KEY_INVALID', scope: 'key' },
      },
      {
        name: 'SERVICE_DISABLED',
        error: () => provokeYouTubeError('service_disabled'),
        expected: { scope: 'group', recheckAfterMs: 600_000 },
      },
    ],
    'caller-error': [
      { name: 'commentsDisabled', error: () => provokeYouTubeError('comments_disabled') },
      { name: 'an abort', error: () => provokeYouTubeError('hang', { signal: abortSoon() }) },
    ],
  },
  {
    clientOptions: (url) => ({ rootUrl: `${url}/` }),
    useClient: (client) => client.videos.list({ part: ['id'], id: ['dQw4w9WgXcQ'] }),
  },
);
